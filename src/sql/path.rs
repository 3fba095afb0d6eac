//! Paths of columns into a JSON record: `$.name.first`, `$['first name'].x`, and also `$.items[0:].price`.

use std::fmt;

use pipec_path::{PathError, Step};

const INTO_ARRAY: &str = "a path cannot reach into an array";

/// Where in a record a value lies: the keys from the outside in. The path of the whole record, `$`, has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    segments: Vec<String>,
    /// How many keys lead to the array whose elements become rows.
    array: Option<usize>,
}

impl Path {
    /// The path of these keys, from the outside in.
    pub fn new(segments: Vec<String>) -> Self {
        Self { segments, array: None }
    }

    /// The path of one field of the record.
    pub fn field(key: &str) -> Self {
        Self { segments: vec![key.to_owned()], array: None }
    }

    /// The path from an array, whose elements become rows, to a value of each element.
    pub fn of_elements(array: &[String], element: &[String]) -> Self {
        Self { segments: [array, element].concat(), array: Some(array.len()) }
    }

    /// The keys, from the outside in.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The keys that lead to an array whose elements become rows, and those from an element to the value.
    pub fn elements(&self) -> Option<(&[String], &[String])> {
        self.array.map(|array| self.segments.split_at(array))
    }

    /// Whether this is the whole record.
    pub fn is_root(&self) -> bool {
        self.segments.is_empty()
    }
}

impl TryFrom<&pipec_path::Path> for Path {
    type Error = ();

    /// The path of a column that leads to the same value; there is none into an array.
    fn try_from(path: &pipec_path::Path) -> Result<Self, ()> {
        let keys = path.keys().ok_or(())?;
        Ok(Self::new(keys.into_iter().map(str::to_owned).collect()))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("$")?;
        for (at, key) in self.segments.iter().enumerate() {
            if self.array == Some(at) {
                formatter.write_str("[0:]")?;
            }
            Step::Key(key.clone()).fmt(formatter)?;
        }
        Ok(())
    }
}

/// Reads a path that leads through objects alone.
///
/// # Errors
/// As [`pipec_path::parse`], and when the path reaches into an array.
pub fn parse_path(text: &str) -> Result<Path, PathError> {
    let into_array = || {
        PathError::new(
            INTO_ARRAY,
            "read the array as a whole (a VARCHAR column contains its JSON text), or send one record per element",
        )
    };
    let path = pipec_path::parse(text).map_err(|error| if error.slices { into_array() } else { error })?;
    Path::try_from(&path).map_err(|_| into_array())
}

/// Reads the path of a column: as [`parse_path`], and with `[0:]` once after the key of an array. Keys after that make
/// a row of each element; without any, the array is taken as its text.
///
/// # Errors
/// As [`parse_path`], and when two arrays are named.
pub fn parse_column_path(text: &str) -> Result<Path, PathError> {
    const ELEMENTS: &str = "[0:]";
    let Some((array, element)) = text.split_once(ELEMENTS).filter(|(array, _)| array.len() > 1) else {
        return parse_path(text).map_err(|error| match error.message.as_str() {
            INTO_ARRAY => PathError::new(
                INTO_ARRAY,
                "write `$.items[0:].price` for one row of each element, or `$.items[0:]` for the array as a string",
            ),
            _ => error,
        });
    };
    if element.contains(ELEMENTS) {
        return Err(PathError::new(
            "only one array of a record can become rows",
            "read the inner array as a whole, in a VARCHAR column: end the path before its `[0:]`",
        ));
    }
    let array = parse_path(array)?.segments;
    let element = parse_path(&format!("${element}"))?.segments;
    let at = Some(array.len()).filter(|_| !element.is_empty());
    Ok(Path { segments: [array, element].concat(), array: at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Result<Vec<String>, String> {
        parse_path(text).map(|path| path.segments().to_vec()).map_err(|error| error.help)
    }

    #[test]
    fn an_element_of_an_array_is_no_column() {
        assert_eq!(keys("$.name.first"), Ok(vec!["name".into(), "first".into()]));
        for text in ["$.results[0].x", "$.results[*]", "$.results[0:].x"] {
            assert!(keys(text).is_err_and(|help| help.contains("one record per element")), "{text}");
        }
    }

    #[test]
    fn an_array_becomes_rows_or_its_text() {
        let path = parse_column_path("$.a.items[0:].price.net").expect("a path");
        let (array, element) = path.elements().expect("an array");
        assert_eq!((array.join("."), element.join(".")), ("a.items".into(), "price.net".into()));
        assert_eq!(path.to_string(), "$.a.items[0:].price.net");
        assert_eq!(parse_column_path("$.a[0:]"), parse_path("$.a"));
        assert!(parse_column_path("$.a[0].b").is_err_and(|error| error.help.contains("[0:]")));
        assert!(parse_column_path("$.a[0:].b[0:].c").is_err() && parse_column_path("$[0:].c").is_err());
    }

    proptest! {
        #[test]
        fn a_path_reads_back_as_it_is_written(keys in proptest::collection::vec("[^\\p{Cc}]{1,8}", 0..6)) {
            let path = Path { segments: keys, array: None };
            prop_assert_eq!(parse_path(&path.to_string()), Ok(path));
        }
    }
}
