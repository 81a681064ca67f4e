//! GS1's own names for what can be wrong.
//!
//! The names of the linters are those of the Barcode Syntax Dictionary, the others those of GS1's Barcode Syntax
//! Engine, so that a support call about one can be looked up anywhere.

use std::fmt;

/// One of GS1's error names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault(&'static str);

impl Fault {
    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The names, each a constant of the same name.
#[allow(missing_docs)] // the name is the meaning; the conditions are in `data/gs1/linters.tsv`
impl Fault {
    // Linters: one component of a value.
    pub const INVALID_CSET39_CHARACTER: Self = Self("INVALID_CSET39_CHARACTER");
    pub const INVALID_CSET64_CHARACTER: Self = Self("INVALID_CSET64_CHARACTER");
    pub const INVALID_CSET82_CHARACTER: Self = Self("INVALID_CSET82_CHARACTER");
    pub const NON_DIGIT_CHARACTER: Self = Self("NON_DIGIT_CHARACTER");
    pub const INCORRECT_CHECK_DIGIT: Self = Self("INCORRECT_CHECK_DIGIT");
    pub const TOO_SHORT_FOR_CHECK_DIGIT: Self = Self("TOO_SHORT_FOR_CHECK_DIGIT");
    pub const INCORRECT_CHECK_PAIR: Self = Self("INCORRECT_CHECK_PAIR");
    pub const TOO_SHORT_FOR_CHECK_PAIR: Self = Self("TOO_SHORT_FOR_CHECK_PAIR");
    pub const TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION: Self = Self("TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION");
    pub const INVALID_GCP_PREFIX: Self = Self("INVALID_GCP_PREFIX");
    pub const TOO_SHORT_FOR_GCP: Self = Self("TOO_SHORT_FOR_GCP");
    pub const REQUIRES_NON_DIGIT_CHARACTER: Self = Self("REQUIRES_NON_DIGIT_CHARACTER");
    pub const HOUR_TOO_SHORT: Self = Self("HOUR_TOO_SHORT");
    pub const HOUR_TOO_LONG: Self = Self("HOUR_TOO_LONG");
    pub const ILLEGAL_HOUR: Self = Self("ILLEGAL_HOUR");
    pub const HOUR_WITH_MINUTE_TOO_SHORT: Self = Self("HOUR_WITH_MINUTE_TOO_SHORT");
    pub const HOUR_WITH_MINUTE_TOO_LONG: Self = Self("HOUR_WITH_MINUTE_TOO_LONG");
    pub const ILLEGAL_MINUTE: Self = Self("ILLEGAL_MINUTE");
    pub const NOT_HYPHEN: Self = Self("NOT_HYPHEN");
    pub const INCORRECT_IBAN_CHECKSUM: Self = Self("INCORRECT_IBAN_CHECKSUM");
    pub const IBAN_TOO_SHORT: Self = Self("IBAN_TOO_SHORT");
    pub const IBAN_TOO_LONG: Self = Self("IBAN_TOO_LONG");
    pub const INVALID_IBAN_CHARACTER: Self = Self("INVALID_IBAN_CHARACTER");
    pub const ILLEGAL_IBAN_COUNTRY_CODE: Self = Self("ILLEGAL_IBAN_COUNTRY_CODE");
    pub const INVALID_IMPORT_IDX_CHARACTER: Self = Self("INVALID_IMPORT_IDX_CHARACTER");
    pub const IMPORTER_IDX_MUST_BE_ONE_CHARACTER: Self = Self("IMPORTER_IDX_MUST_BE_ONE_CHARACTER");
    pub const NOT_ISO3166: Self = Self("NOT_ISO3166");
    pub const NOT_ISO3166_OR_999: Self = Self("NOT_ISO3166_OR_999");
    pub const NOT_ISO3166_ALPHA2: Self = Self("NOT_ISO3166_ALPHA2");
    pub const NOT_ISO4217: Self = Self("NOT_ISO4217");
    pub const INVALID_BIOLOGICAL_SEX_CODE: Self = Self("INVALID_BIOLOGICAL_SEX_CODE");
    pub const LATITUDE_INVALID_LENGTH: Self = Self("LATITUDE_INVALID_LENGTH");
    pub const INVALID_LATITUDE: Self = Self("INVALID_LATITUDE");
    pub const LONGITUDE_INVALID_LENGTH: Self = Self("LONGITUDE_INVALID_LENGTH");
    pub const INVALID_LONGITUDE: Self = Self("INVALID_LONGITUDE");
    pub const INVALID_MEDIA_TYPE: Self = Self("INVALID_MEDIA_TYPE");
    pub const MINUTE_TOO_SHORT: Self = Self("MINUTE_TOO_SHORT");
    pub const MINUTE_TOO_LONG: Self = Self("MINUTE_TOO_LONG");
    pub const ILLEGAL_ZERO_VALUE: Self = Self("ILLEGAL_ZERO_VALUE");
    pub const ILLEGAL_ZERO_PREFIX: Self = Self("ILLEGAL_ZERO_PREFIX");
    pub const INVALID_PACKAGE_TYPE: Self = Self("INVALID_PACKAGE_TYPE");
    pub const INVALID_PERCENT_SEQUENCE: Self = Self("INVALID_PERCENT_SEQUENCE");
    pub const INVALID_LENGTH_FOR_PIECE_OF_TOTAL: Self = Self("INVALID_LENGTH_FOR_PIECE_OF_TOTAL");
    pub const ZERO_PIECE_NUMBER: Self = Self("ZERO_PIECE_NUMBER");
    pub const ZERO_TOTAL_PIECES: Self = Self("ZERO_TOTAL_PIECES");
    pub const PIECE_NUMBER_EXCEEDS_TOTAL: Self = Self("PIECE_NUMBER_EXCEEDS_TOTAL");
    pub const POSITION_IN_SEQUENCE_MALFORMED: Self = Self("POSITION_IN_SEQUENCE_MALFORMED");
    pub const POSITION_EXCEEDS_END: Self = Self("POSITION_EXCEEDS_END");
    pub const SECOND_TOO_SHORT: Self = Self("SECOND_TOO_SHORT");
    pub const SECOND_TOO_LONG: Self = Self("SECOND_TOO_LONG");
    pub const ILLEGAL_SECOND: Self = Self("ILLEGAL_SECOND");
    pub const INVALID_WINDING_DIRECTION: Self = Self("INVALID_WINDING_DIRECTION");
    pub const NOT_ZERO_OR_ONE: Self = Self("NOT_ZERO_OR_ONE");
    pub const DATE_TOO_SHORT: Self = Self("DATE_TOO_SHORT");
    pub const DATE_TOO_LONG: Self = Self("DATE_TOO_LONG");
    pub const ILLEGAL_MONTH: Self = Self("ILLEGAL_MONTH");
    pub const ILLEGAL_DAY: Self = Self("ILLEGAL_DAY");
    pub const NOT_ZERO: Self = Self("NOT_ZERO");
    pub const INVALID_CSET32_CHARACTER: Self = Self("INVALID_CSET32_CHARACTER");
    pub const INVALID_CSET64_PADDING: Self = Self("INVALID_CSET64_PADDING");

    // The engine: element strings, associations, Digital Links, primary messages.
    pub const NO_AI_FOR_PREFIX: Self = Self("NO_AI_FOR_PREFIX");
    pub const AI_DATA_EMPTY: Self = Self("AI_DATA_EMPTY");
    pub const AI_DATA_IS_EMPTY: Self = Self("AI_DATA_IS_EMPTY");
    pub const AI_DATA_HAS_INCORRECT_LENGTH: Self = Self("AI_DATA_HAS_INCORRECT_LENGTH");
    pub const AI_DATA_IS_TOO_LONG: Self = Self("AI_DATA_IS_TOO_LONG");
    pub const AI_VALUE_IS_TOO_SHORT: Self = Self("AI_VALUE_IS_TOO_SHORT");
    pub const AI_VALUE_IS_TOO_LONG: Self = Self("AI_VALUE_IS_TOO_LONG");
    pub const AI_CONTAINS_ILLEGAL_CARAT_CHARACTER: Self = Self("AI_CONTAINS_ILLEGAL_CARAT_CHARACTER");
    pub const AI_PARSE_FAILED: Self = Self("AI_PARSE_FAILED");
    pub const TOO_MANY_AIS: Self = Self("TOO_MANY_AIS");
    pub const DATA_TOO_LONG: Self = Self("DATA_TOO_LONG");
    pub const INVALID_AI_PAIRS: Self = Self("INVALID_AI_PAIRS");
    pub const REQUIRED_AIS_NOT_SATISFIED: Self = Self("REQUIRED_AIS_NOT_SATISFIED");
    pub const INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES: Self = Self("INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES");
    pub const SERIAL_NOT_PRESENT: Self = Self("SERIAL_NOT_PRESENT");
    pub const URI_CONTAINS_ILLEGAL_CHARACTERS: Self = Self("URI_CONTAINS_ILLEGAL_CHARACTERS");
    pub const URI_CONTAINS_ILLEGAL_SCHEME: Self = Self("URI_CONTAINS_ILLEGAL_SCHEME");
    pub const URI_MISSING_DOMAIN_AND_PATH_INFO: Self = Self("URI_MISSING_DOMAIN_AND_PATH_INFO");
    pub const DOMAIN_CONTAINS_ILLEGAL_CHARACTERS: Self = Self("DOMAIN_CONTAINS_ILLEGAL_CHARACTERS");
    pub const NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO: Self = Self("NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO");
    pub const AI_VALUE_PATH_ELEMENT_IS_EMPTY: Self = Self("AI_VALUE_PATH_ELEMENT_IS_EMPTY");
    pub const DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL: Self =
        Self("DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL");
    pub const UNKNOWN_AI_IN_QUERY_PARAMS: Self = Self("UNKNOWN_AI_IN_QUERY_PARAMS");
    pub const AI_VALUE_QUERY_ELEMENT_IN_EMPTY: Self = Self("AI_VALUE_QUERY_ELEMENT_IN_EMPTY");
    pub const DECODED_AI_VALUE_FROM_QUERY_PARAMS_CONTAINS_ILLEGAL_NULL: Self =
        Self("DECODED_AI_VALUE_FROM_QUERY_PARAMS_CONTAINS_ILLEGAL_NULL");
    pub const INVALID_KEY_QUALIFIER_SEQUENCE: Self = Self("INVALID_KEY_QUALIFIER_SEQUENCE");
    pub const DUPLICATE_AI: Self = Self("DUPLICATE_AI");
    pub const AI_IS_NOT_VALID_DATA_ATTRIBUTE: Self = Self("AI_IS_NOT_VALID_DATA_ATTRIBUTE");
    pub const AI_SHOULD_BE_IN_PATH_INFO: Self = Self("AI_SHOULD_BE_IN_PATH_INFO");
    pub const PRIMARY_SCAN_DATA_IS_TOO_SHORT: Self = Self("PRIMARY_SCAN_DATA_IS_TOO_SHORT");
    pub const PRIMARY_MESSAGE_IS_TOO_LONG: Self = Self("PRIMARY_MESSAGE_IS_TOO_LONG");
    pub const PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS: Self = Self("PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS");
    pub const PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT: Self =
        Self("PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT");
}
