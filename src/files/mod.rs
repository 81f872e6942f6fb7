//! EDGE. Photos.
