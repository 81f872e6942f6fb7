//! Whose cases: every statement about many cases is given an area, so that no office is ever handed another's rows.

use crate::store::statement::Statement;

/// The places whose cases are meant. It can be narrowed, never widened.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Area {
    /// All must hold: an office of one city that asks for another gets nothing.
    cities: Vec<String>,
    districts: Vec<String>,
}

impl Area {
    /// Every place, and the cases for which none is chosen yet.
    pub fn everywhere() -> Self {
        Self::default()
    }

    /// The part of it that lies in this city.
    #[must_use]
    pub fn in_city(mut self, city: &str) -> Self {
        add(&mut self.cities, city);
        self
    }

    /// The part of it that is a district of this name.
    #[must_use]
    pub fn in_district(mut self, district: &str) -> Self {
        add(&mut self.districts, district);
        self
    }

    /// Whether a place lies in it.
    pub fn has(&self, city: &str, district: &str) -> bool {
        self.cities.iter().all(|name| name == city) && self.districts.iter().all(|name| name == district)
    }

    /// The condition on columns `city` and `district` of `table`, as ` and …`; its parameters come after `before`
    /// others.
    pub(in crate::store) fn condition(&self, table: &str, before: usize) -> String {
        let terms = self.columns().zip(before + 1..);
        let terms = terms.map(|((name, _), parameter)| format!(" and {table}.{name} = ${parameter}"));
        terms.collect::<Vec<_>>().concat()
    }

    /// The condition's values, in order.
    pub(in crate::store) fn values(&self) -> impl Iterator<Item = &str> {
        self.columns().map(|(_, value)| value)
    }

    /// Adds the condition's values.
    pub(in crate::store) fn bind(&self, statement: Statement) -> Statement {
        self.values().fold(statement, Statement::text)
    }

    fn columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let cities = self.cities.iter().map(|city| ("city", city.as_str()));
        cities.chain(self.districts.iter().map(|district| ("district", district.as_str())))
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
