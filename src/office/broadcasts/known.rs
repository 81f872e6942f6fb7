//! What the text of an audience can name: batches, places, tags, imported lists.

use crate::{
    office::batches::latest_first,
    store::{ListKind, Store, StoreError},
    turn::World,
    workflow::broadcast::audience::text::Known,
};

/// The id of a tag's list before its number.
const TAG: &str = "tag:";

/// What can be named now; the running batch is meant where none is written. `tags` are the platform's, where it was asked;
/// those whose people were fetched before are known anyway.
pub async fn known(store: &Store, world: &World, tags: Vec<(i64, String)>) -> Result<Known, StoreError> {
    let mut known = Known { tags, ..Known::default() };
    known.batches.push(world.batch.id.clone());
    for batch in latest_first(&store.batch_rows().await?)? {
        if batch.id != world.batch.id {
            known.batches.push(batch.id);
        }
    }
    known.places =
        world.schedule.places.iter().map(|place| (place.city.clone(), place.district.clone())).collect();
    for list in store.audience_lists().await? {
        match list.kind {
            ListKind::Import => known.lists.push((list.id, list.name)),
            ListKind::Followers => {}
            ListKind::Tag => {
                let number = list.id.strip_prefix(TAG).and_then(|number| number.parse().ok());
                if let Some(number) = number
                    && !known.tags.iter().any(|(tag, _)| *tag == number)
                {
                    known.tags.push((number, list.name));
                }
            }
        }
    }
    Ok(known)
}
