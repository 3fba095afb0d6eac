//! Time zones that Firehose accepts, and the ones of the same clock by a newer name.

/// `CustomTimeZone`: an allow list of older names, by area. Firehose guide, page "Configure Amazon S3 object name
/// format", 2026-11. `Africa/Porto-Novo` and `America/Port-au-Prince` are on that page, but the schema accepts no
/// hyphen. `UTC` is the default.
const BY_AREA: [(&str, &str); 9] = [
    (
        "Africa",
        "Abidjan Accra Addis_Ababa Algiers Asmera Bangui Banjul Bissau Blantyre Bujumbura Cairo Casablanca \
         Conakry Dakar Dar_es_Salaam Djibouti Douala Freetown Gaborone Harare Johannesburg Kampala Khartoum \
         Kigali Kinshasa Lagos Libreville Lome Luanda Lubumbashi Lusaka Malabo Maputo Maseru Mbabane \
         Mogadishu Monrovia Nairobi Ndjamena Niamey Nouakchott Ouagadougou Sao_Tome Timbuktu Tripoli Tunis \
         Windhoek",
    ),
    (
        "America",
        "Adak Anchorage Anguilla Antigua Aruba Asuncion Barbados Belize Bogota Buenos_Aires Caracas Cayenne \
         Cayman Chicago Costa_Rica Cuiaba Curacao Dawson_Creek Denver Dominica Edmonton El_Salvador Fortaleza \
         Godthab Grand_Turk Grenada Guadeloupe Guatemala Guayaquil Guyana Halifax Havana Indianapolis Jamaica \
         La_Paz Lima Los_Angeles Managua Manaus Martinique Mazatlan Mexico_City Miquelon Montevideo Montreal \
         Montserrat Nassau New_York Noronha Panama Paramaribo Phoenix Port_of_Spain Porto_Acre Puerto_Rico \
         Regina Rio_Branco Santiago Santo_Domingo Sao_Paulo Scoresbysund St_Johns St_Kitts St_Lucia St_Thomas \
         St_Vincent Tegucigalpa Thule Tijuana Tortola Vancouver Winnipeg",
    ),
    ("Antarctica", "Casey DumontDUrville Mawson McMurdo Palmer"),
    (
        "Asia",
        "Aden Almaty Amman Anadyr Aqtau Aqtobe Ashgabat Ashkhabad Baghdad Bahrain Baku Bangkok Beirut Bishkek \
         Brunei Calcutta Colombo Dacca Damascus Dhaka Dubai Dushanbe Hong_Kong Irkutsk Jakarta Jayapura \
         Jerusalem Kabul Kamchatka Karachi Katmandu Krasnoyarsk Kuala_Lumpur Kuwait Macao Magadan Manila \
         Muscat Nicosia Novosibirsk Phnom_Penh Pyongyang Qatar Rangoon Riyadh Saigon Seoul Shanghai Singapore \
         Taipei Tashkent Tbilisi Tehran Thimbu Thimphu Tokyo Ujung_Pandang Ulaanbaatar Ulan_Bator Vientiane \
         Vladivostok Yakutsk Yekaterinburg Yerevan",
    ),
    (
        "Atlantic",
        "Azores Bermuda Canary Cape_Verde Faeroe Jan_Mayen Reykjavik South_Georgia St_Helena Stanley",
    ),
    ("Australia", "Adelaide Brisbane Broken_Hill Darwin Hobart Lord_Howe Perth Sydney"),
    (
        "Europe",
        "Amsterdam Andorra Athens Belgrade Berlin Brussels Bucharest Budapest Chisinau Copenhagen Dublin \
         Gibraltar Helsinki Istanbul Kaliningrad Kiev Lisbon London Luxembourg Madrid Malta Minsk Monaco \
         Moscow Oslo Paris Prague Riga Rome Samara Simferopol Sofia Stockholm Tallinn Tirane Vaduz Vienna \
         Vilnius Warsaw Zurich",
    ),
    (
        "Indian",
        "Antananarivo Chagos Christmas Cocos Comoro Kerguelen Mahe Maldives Mauritius Mayotte Reunion",
    ),
    (
        "Pacific",
        "Apia Auckland Chatham Easter Efate Enderbury Fakaofo Fiji Funafuti Galapagos Gambier Guadalcanal \
         Guam Honolulu Kiritimati Kosrae Majuro Marquesas Nauru Niue Norfolk Noumea Pago_Pago Palau Pitcairn \
         Ponape Port_Moresby Rarotonga Saipan Tahiti Tarawa Tongatapu Truk Wake Wallis",
    ),
];

/// Names of the tz database that Firehose does not accept, and an accepted zone with the same offsets since 2024. IANA
/// tz database, 2024; compared hour by hour.
const ALIKE: [(&str, &str); 78] = [
    ("Africa/Asmara", "Africa/Asmera"),
    ("Africa/Bamako", "Africa/Abidjan"),
    ("Africa/Brazzaville", "Africa/Lagos"),
    ("America/Argentina/Buenos_Aires", "America/Buenos_Aires"),
    ("America/Detroit", "America/New_York"),
    ("America/Indiana/Indianapolis", "America/Indianapolis"),
    ("America/Monterrey", "America/Mexico_City"),
    ("America/Nuuk", "America/Godthab"),
    ("America/Toronto", "America/Montreal"),
    ("Asia/Chongqing", "Asia/Shanghai"),
    ("Asia/Ho_Chi_Minh", "Asia/Saigon"),
    ("Asia/Istanbul", "Europe/Istanbul"),
    ("Asia/Kathmandu", "Asia/Katmandu"),
    ("Asia/Kolkata", "Asia/Calcutta"),
    ("Asia/Macau", "Asia/Macao"),
    ("Asia/Makassar", "Asia/Ujung_Pandang"),
    ("Asia/Tel_Aviv", "Asia/Jerusalem"),
    ("Asia/Yangon", "Asia/Rangoon"),
    ("Atlantic/Faroe", "Atlantic/Faeroe"),
    ("Australia/ACT", "Australia/Sydney"),
    ("Australia/Canberra", "Australia/Sydney"),
    ("Australia/Melbourne", "Australia/Sydney"),
    ("Australia/NSW", "Australia/Sydney"),
    ("Australia/Queensland", "Australia/Brisbane"),
    ("Australia/Victoria", "Australia/Sydney"),
    ("Brazil/East", "America/Sao_Paulo"),
    ("CET", "Europe/Brussels"),
    ("CST6CDT", "America/Chicago"),
    ("Canada/Eastern", "America/Montreal"),
    ("Canada/Pacific", "America/Vancouver"),
    ("EET", "Europe/Athens"),
    ("EST", "America/Panama"),
    ("EST5EDT", "America/New_York"),
    ("Etc/GMT", "UTC"),
    ("Etc/UTC", "UTC"),
    ("Etc/Zulu", "UTC"),
    ("Europe/Belfast", "Europe/London"),
    ("Europe/Bratislava", "Europe/Prague"),
    ("Europe/Kyiv", "Europe/Kiev"),
    ("Europe/Ljubljana", "Europe/Belgrade"),
    ("Europe/Podgorica", "Europe/Belgrade"),
    ("Europe/San_Marino", "Europe/Rome"),
    ("Europe/Sarajevo", "Europe/Belgrade"),
    ("Europe/Skopje", "Europe/Belgrade"),
    ("Europe/Vatican", "Europe/Rome"),
    ("Europe/Zagreb", "Europe/Belgrade"),
    ("GB", "Europe/London"),
    ("GMT", "UTC"),
    ("HST", "Pacific/Honolulu"),
    ("Hongkong", "Asia/Hong_Kong"),
    ("Israel", "Asia/Jerusalem"),
    ("Japan", "Asia/Tokyo"),
    ("MET", "Europe/Brussels"),
    ("MST", "America/Phoenix"),
    ("MST7MDT", "America/Denver"),
    ("NZ", "Pacific/Auckland"),
    ("PRC", "Asia/Shanghai"),
    ("PST8PDT", "America/Los_Angeles"),
    ("Pacific/Chuuk", "Pacific/Truk"),
    ("Pacific/Kanton", "Pacific/Enderbury"),
    ("Pacific/Pohnpei", "Pacific/Ponape"),
    ("Pacific/Samoa", "Pacific/Pago_Pago"),
    ("Poland", "Europe/Warsaw"),
    ("Portugal", "Europe/Lisbon"),
    ("ROK", "Asia/Seoul"),
    ("Singapore", "Asia/Singapore"),
    ("Turkey", "Europe/Istanbul"),
    ("UCT", "UTC"),
    ("US/Alaska", "America/Anchorage"),
    ("US/Arizona", "America/Phoenix"),
    ("US/Central", "America/Chicago"),
    ("US/Eastern", "America/New_York"),
    ("US/Hawaii", "Pacific/Honolulu"),
    ("US/Mountain", "America/Denver"),
    ("US/Pacific", "America/Los_Angeles"),
    ("WET", "Europe/Lisbon"),
    ("Z", "UTC"),
    ("Zulu", "UTC"),
];

/// The names of all accepted zones.
pub fn names() -> impl Iterator<Item = String> {
    let areas = BY_AREA
        .iter()
        .flat_map(|(area, places)| places.split(' ').map(move |place| format!("{area}/{place}")));
    areas.chain(["UTC".to_owned()])
}

/// Whether Firehose accepts a time zone.
pub fn is_accepted(zone: &str) -> bool {
    names().any(|name| name == zone)
}

/// The accepted zone with the clock of this one, whatever its case: by another name, or by the name of its place alone.
pub fn alike(zone: &str) -> Option<String> {
    let other = ALIKE.iter().find(|(name, _)| name.eq_ignore_ascii_case(zone));
    if let Some((_, accepted)) = other {
        return Some((*accepted).to_owned());
    }
    let spelled = zone.trim().replace([' ', '-'], "_");
    names().find(|name| {
        let place = name.rsplit('/').next().unwrap_or(name);
        name.eq_ignore_ascii_case(&spelled) || place.eq_ignore_ascii_case(&spelled)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::limits::firehose::CUSTOM_TIME_ZONE;

    #[test]
    fn older_names_are_accepted_and_newer_ones_have_them() {
        assert!(names().all(|zone| CUSTOM_TIME_ZONE.check(&zone).is_ok()));
        assert!(is_accepted("Europe/Kiev") && is_accepted("Asia/Calcutta") && is_accepted("UTC"));
        for (zone, accepted) in ALIKE {
            assert!(!is_accepted(zone) && is_accepted(accepted), "{zone}");
        }
        for (zone, accepted) in
            [("Berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("utc", "UTC")]
        {
            assert_eq!(alike(zone).as_deref(), Some(accepted));
        }
        assert_eq!(alike("Mars/Phobos"), None);
    }
}
