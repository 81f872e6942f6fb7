// Cheap looks at a small frame, for hints only: they never hold the shutter back, and the verdict is the server's.
//
// Where the browser finds faces itself (FaceDetector), position, size and tilt are the face's. Elsewhere they are those of
// skin-coloured points, which says roughly where a face is, and nothing where there is no telling: then the hint is
// the neutral one.

// The guide's oval, as shares of the frame's width and height.
export const OVAL = { x: 0.5, y: 0.435, width: 0.44, height: 0.43 };

const DARK = 60;
const BURNT_SHARE = 0.5;
const OFF = 0.1;
const FAR = 0.68;
const NEAR = 1.5;
const TILT = 12;
// Fewer skin-coloured points than this share of the oval's are no face; more than that are more than a face.
const LEAST = 0.05;
const MOST = 4;

// The hint for a frame of RGBA pixels, and for the faces that the browser found in it, if it looks for them.
export function hint(pixels, width, height, faces) {
  const light = lightIn(pixels, width, height);
  if (light.mean < DARK) return "dark";
  const isBurnt = light.burnt > BURNT_SHARE;
  if (faces) {
    if (faces.length > 1) return "several";
    if (faces.length === 0) return isBurnt ? "bright" : "none";
    return place(ofFace(faces[0], width, height)) || (isBurnt ? "bright" : "good");
  }
  const skin = ofSkin(pixels, width, height);
  if (!skin) return isBurnt ? "bright" : "none";
  if (skin.share > MOST) return "place";
  return place(skin) || (isBurnt ? "bright" : "good");
}

// Brightness in the oval's middle, where the face should be: a white wall beside it is no light on it.
function lightIn(pixels, width, height) {
  let sum = 0, burnt = 0, count = 0;
  each(width, height, (x, y, at) => {
    if (inOval(x / width, y / height) > 0.5) return;
    sum += luma(pixels, at);
    if (pixels[at] > 250 && pixels[at + 1] > 250 && pixels[at + 2] > 250) burnt += 1;
    count += 1;
  });
  return { mean: sum / count, burnt: burnt / count };
}

// Centre and size of a face beside the oval's, and how it is turned, in degrees.
function place({ x, y, size, tilt }) {
  if (size < FAR) return "far";
  if (size > NEAR) return "near";
  if (x < OVAL.x - OFF) return "right";
  if (x > OVAL.x + OFF) return "left";
  if (y < OVAL.y - OFF) return "down";
  if (y > OVAL.y + OFF) return "up";
  return Math.abs(tilt) > TILT ? "tilted" : null;
}

function ofFace({ boundingBox: box, landmarks }, width, height) {
  const eyes = (landmarks || []).filter((mark) => mark.type === "eye").map(middle);
  let tilt = 0;
  if (eyes.length >= 2) {
    const [one, two] = eyes.sort((a, b) => a.x - b.x);
    tilt = Math.atan2(two.y - one.y, two.x - one.x) * 180 / Math.PI;
  }
  return {
    x: (box.x + box.width / 2) / width,
    y: (box.y + box.height / 2) / height,
    size: box.width / width / OVAL.width,
    tilt,
  };
}

function middle({ locations }) {
  const mean = (key) => locations.reduce((sum, point) => sum + point[key], 0) / locations.length;
  return { x: mean("x"), y: mean("y") };
}

// Where skin-coloured points lie, row by row: a face is the wide rows, a neck narrower ones. How far it leans is how the
// middles of its rows move from one to the next, which hair over one side moves, too: so only a clear lean is told.
function ofSkin(pixels, width, height) {
  const rows = Array.from({ length: height }, () => ({ count: 0, sum: 0 }));
  let count = 0, expected = 0;
  each(width, height, (x, y, at) => {
    if (inOval(x / width, y / height) < 1) expected += 1;
    if (!isSkin(pixels, at)) return;
    rows[y].count += 1;
    rows[y].sum += x;
    count += 1;
  });
  if (count < expected * LEAST) return null;
  const counts = rows.map((row) => row.count).sort((a, b) => b - a);
  const wide = counts[Math.floor(counts.filter(Boolean).length / 10)];
  const face = rows.map(({ count, sum }, y) => ({ y, count, x: sum / count })).filter((row) => row.count > 0.7 * wide);
  const mean = (of) => face.reduce((total, row) => total + of(row) * row.count, 0) / face.reduce((n, row) => n + row.count, 0);
  const x = mean((row) => row.x), y = mean((row) => row.y);
  const spread = mean((row) => (row.y - y) ** 2);
  const slope = spread > 4 ? mean((row) => (row.y - y) * (row.x - x)) / spread : 0;
  return {
    x: x / width,
    y: y / height,
    size: wide / width / OVAL.width,
    tilt: Math.atan(slope) * 180 / Math.PI,
    share: count / expected,
  };
}

// Skin of every tone lies in a small field of colours, whatever its brightness.
function isSkin(pixels, at) {
  const [r, g, b] = [pixels[at], pixels[at + 1], pixels[at + 2]];
  const light = 0.299 * r + 0.587 * g + 0.114 * b;
  const cb = 128 + 0.564 * (b - light), cr = 128 + 0.713 * (r - light);
  return light > 40 && cb > 77 && cb < 127 && cr > 136 && cr < 175;
}

// Below 1 inside the oval, 0 in its middle.
function inOval(x, y) {
  return ((x - OVAL.x) / OVAL.width * 2) ** 2 + ((y - OVAL.y) / OVAL.height * 2) ** 2;
}

function luma(pixels, at) {
  return 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
}

function each(width, height, look) {
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) look(x, y, (y * width + x) * 4);
  }
}
