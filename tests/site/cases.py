"""A good site file, and one change of it for every fault and every doubt."""

GOOD = """\
[site]
id = "hall"
name = "Hall"
zone = "Asia/Jakarta"

[hours.service]
mon-fri = "08:00-15:00"

[[agencies]]
id = "dukcapil"
name = "Dukcapil"

[[queues]]
prefix = "A"
name = "Kependudukan"
agency = "dukcapil"
services = [
  { id = "ktp", name = "KTP" },
]

[[counters]]
number = 1
queues = ["A"]

[[people]]
id = "spv-01"
role = "supervisor"
"""


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def added(text: str) -> str:
    return f"{GOOD}\n{text}\n"


ZONE = 'zone = "Asia/Jakarta"'
WEEK = 'mon-fri = "08:00-15:00"'
SERVICE = '  { id = "ktp", name = "KTP" },'
LUNCH = '[[breaks]]\nname = "Lunch"\nminutes = 30\n'
BOARD = '[[boards]]\nid = "b-1"\n'
AGENCY = 'agency = "dukcapil"'
DAYS = '[[special_days]]\nname = "Libur"\n'
WEEK_OF_DAYS = 'hours = { service = { daily = "08:00-12:00" } }\n'
COUNTER = "number = 1"
ROLE = 'role = "supervisor"'

# (the file, path of the fault, a part of what was found, a part of what is allowed)
FAULTS = {
    "missing key": (changed(ZONE, ""), "site.zone", "nothing", "Asia/Jakarta"),
    "unknown key": (
        changed(ZONE, ZONE + "\nsign_on = true"), "site.sign_on", "sign_in?", "id, name",
    ),
    "unknown part": (added("[[queus]]\nx = 1"), "queus", "did you mean queues?", "agencies"),
    "wrong type": (changed("number = 1", 'number = "1"'), "counters[0].number", '"1"', "1 to 999"),
    "bool for a number": (
        changed(ZONE, ZONE + "\nundo_s = true"), "site.undo_s", "true", "0 to 300",
    ),
    "out of range": (changed(ZONE, ZONE + "\nundo_s = 301"), "site.undo_s", "301", "0 to 300"),
    "absurd number": (
        changed(ZONE, ZONE + f"\nundo_s = 0x{'f' * 5_000}"), "site.undo_s", "beyond", "0 to 300",
    ),
    "table for text": (changed('name = "Hall"', "name = {}"), "site.name", "a table", "text"),
    "text for a table": ('site = "x"\n' + GOOD[GOOD.index("[hours"):], "site", '"x"', "[site]"),
    "blank name": (changed('"Hall"', '" "'), "site.name", "says nothing", "1 to 80"),
    "unseen characters": (changed('"Hall"', '"a\\u0007b"'), "site.name", "cannot be shown", "text"),
    "long name": (changed('"Hall"', f'"{"x" * 81}"'), "site.name", "81 characters", "1 to 80"),
    "name of signs that take room": (
        changed('"Hall"', f'"{"é" * 41}"'), "site.name", "82 characters", "1 to 80",
    ),
    "too many queues of a counter": (
        changed('queues = ["A"]', f"queues = {['A'] * 17}"), "counters[0].queues", "17", "1 to 16",
    ),
    "too many counters": (
        added("".join(f'[[counters]]\nnumber = {n}\nqueues = ["A"]\n' for n in range(2, 102))),
        "counters", "101", "1 to 100",
    ),
    "bad id": (changed('"hall"', '"Hall 1"'), "site.id", "not an id", "small letter"),
    "said zone": (changed("Asia/Jakarta", "WITA"), "site.zone", "Asia/Makassar?", "Asia/Jayapura"),
    "misspelt zone": (changed("Jakarta", "Jakata"), "site.zone", "Asia/Jakarta?", "IANA"),
    "no IANA zone": (changed("Asia/Jakarta", "localtime"), "site.zone", "no time zone", "IANA"),
    "path as zone": (
        changed("Asia/Jakarta", "../../etc/passwd"), "site.zone", "no time zone", "IA",
    ),
    "date as text": (
        changed(ZONE, ZONE + '\nclosures = ["2026-12-25"]'),
        "site.closures[0]", "text", "2026-12-25",
    ),
    "date with time": (
        changed(ZONE, ZONE + "\nclosures = [2026-12-25T10:00:00]"),
        "site.closures[0]", "T10:00", "dates without quotes",
    ),
    "date twice": (
        changed(ZONE, ZONE + "\nclosures = [2026-12-25, 2026-12-25]"),
        "site.closures[1]", "first in line 5", "once",
    ),
    "backward hours": (
        changed(WEEK, 'mon = "15:00-08:00"'), "hours.service.mon", "ends before it begins", "24:00",
    ),
    "no hours": (
        changed(WEEK, 'mon = "8-15"'), "hours.service.mon", "not a stretch", "07:45-15:00",
    ),
    "no clock's time": (
        changed(WEEK, 'mon = "08:00-15:60"'), "hours.service.mon", "no clock", "07:45-15:00",
    ),
    "no weekday": (changed("mon-fri", "senin"), "hours.service.senin", "no weekdays", "mon-sat"),
    "weekday twice": (
        changed(WEEK, WEEK + '\nfri = "08:00-11:00"'),
        "hours.service.fri", '"mon-fri"', "each weekday",
    ),
    "hours overlap": (
        changed(WEEK, 'mon = ["08:00-12:00", "11:30-15:00"]'),
        "hours.service.mon[1]", "overlaps 08:00-12:00", "do not share",
    ),
    "numbers without service": (
        changed(WEEK, WEEK + '\n[hours.tickets]\nsun = "07:00-08:00"'),
        "hours.tickets.sun", "a day without service", "add sun",
    ),
    "early overlaps": (
        changed(WEEK, WEEK + '\n[hours.early]\nmon = "05:30-08:30"'),
        "hours.early.mon", "overlaps 08:00-15:00", "end before",
    ),
    "always and hours": (
        changed("[hours.service]", '[hours]\nopen = "always"\n[hours.service]'),
        "hours.service", "always", "either",
    ),
    "no service hours": (
        changed("hours.service", "hours.tickets"), "hours.service", "noth", "always",
    ),
    "agency twice": (
        added('[[agencies]]\nid = "dukcapil"\nname = "x"'), "agencies[1].id", "line 10", "once",
    ),
    "prefix twice": (
        added(f'[[queues]]\nprefix = "A"\nname = "x"\n{AGENCY}'),
        "queues[1].prefix", "line 14", "once",
    ),
    "service twice": (
        changed(SERVICE, f"{SERVICE}\n{SERVICE}"), "queues[0].services[1].id", "line 18", "once",
    ),
    "counter twice": (
        added('[[counters]]\nnumber = 1\nqueues = ["A"]'), "counters[1].number", "line 22", "once",
    ),
    "person twice": (
        added('[[people]]\nid = "spv-01"\nrole = "officer"'), "people[1].id", "line 26", "once",
    ),
    "queue twice at a counter": (
        changed('["A"]', '["A", "A"]'), "counters[0].queues[1]", "2", "once",
    ),
    "unknown role": (changed('"supervisor"', '"boss"'), "people[0].role", "boss", "technician"),
    "unknown agency": (
        changed(AGENCY, 'agency = "dukcapi"'), "queues[0].agency", "dukcapil?", "dukcapil",
    ),
    "unknown agency of a service": (
        changed('name = "KTP"', 'name = "KTP", agency = "x"'),
        "queues[0].services[0].agency", "no agency has", "dukcapil",
    ),
    "unknown agency of a counter": (
        changed("number = 1", 'number = 1\nagency = "x"'), "counters[0].agency", '"x"', "dukcapil",
    ),
    "unknown queue": (changed('["A"]', '["B"]'), "counters[0].queues[0]", "no queue has", "A"),
    "no queue": (changed('["A"]', "[]"), "counters[0].queues", "an empty list", "queue prefixes"),
    "no counter": (changed("[[counters]]", "[[counter]]"), "counters", "nothing", "[[counters]]"),
    "small prefix": (
        changed('"A"\nname', '"a"\nname'), "queues[0].prefix", "not a prefix", "capital",
    ),
    "no quota": (
        changed('name = "KTP"', 'name = "KTP", quota_per_day = 0'),
        "queues[0].services[0].quota_per_day", "0", "from 1 to",
    ),
    "no range": (
        changed(AGENCY, f'{AGENCY}\nnumbers = "1 to 9"'),
        "queues[0].numbers", "not a range", "1-699",
    ),
    "backward range": (
        changed(AGENCY, f'{AGENCY}\nnumbers = "9-1"'), "queues[0].numbers", "ends before", "1-699",
    ),
    "ranges meet": (
        changed(AGENCY, f'{AGENCY}\nnumbers = "1-700"'), "queues[0].numbers", "meets", "in common",
    ),
    "no policy": (
        changed(AGENCY, f'{AGENCY}\npolicy = "fair"'), "queues[0].policy", "fair", "strict",
    ),
    "policy of zero": (
        changed(AGENCY, f'{AGENCY}\npolicy = "ratio 0:1"'), "queues[0].policy", "ratio 0:1", "3:1",
    ),
    "another policy's key": (
        changed(AGENCY, f'{AGENCY}\npolicy = {{ kind = "strict", normal = 2 }}'),
        "queues[0].policy.normal", "strict", "guard_min",
    ),
    "infinite weight": (
        changed(AGENCY, f'{AGENCY}\npolicy = {{ kind = "ageing", priority_weight = inf }}'),
        "queues[0].policy.priority_weight", "inf", "1 to 100",
    ),
    "closed without a way": (
        changed('name = "Dukcapil"', 'name = "Dukcapil"\nwalk_in = false'),
        "agencies[0].walk_in", "visitors", "online or phone",
    ),
    "break without times": (added(LUNCH), "breaks[0]", "no times", "every_min"),
    "break with half its times": (
        added(LUNCH + 'first = "10:00"'), "breaks[0]", "no every_min and no last", "first and last",
    ),
    "break with both times": (
        added(LUNCH + 'starts = "10:00"\nlast = "11:00"'), "breaks[0].last", "starts", "either",
    ),
    "break that runs backward": (
        added(LUNCH + 'every_min = 60\nfirst = "12:00"\nlast = "10:00"'),
        "breaks[0].last", "before first", "not before",
    ),
    "break within itself": (
        added(LUNCH + 'starts = ["10:00", "10:20"]'), "breaks[0].starts", "still goes on", "30 min",
    ),
    "break past midnight": (
        added(LUNCH + 'starts = "23:45"'), "breaks[0].minutes", "past midnight", "by midnight",
    ),
    "break at the end of the day": (
        added(LUNCH + 'starts = "24:00"'), "breaks[0].starts", "nothing can start", "23:59",
    ),
    "break of nobody": (
        added(LUNCH + 'starts = "10:00"\nscope = "agency:x"'),
        "breaks[0].scope", "agency:x", "agency:d",
    ),
    "break of no counter": (
        added(LUNCH + 'starts = "10:00"\nscope = ["site", "counter:9"]'),
        "breaks[0].scope[1]", "no counter has", "counter:1",
    ),
    "break beside an absurd counter": (
        changed(COUNTER, f"number = 0x{'f' * 5_000}") + LUNCH + 'starts = "10:00"',
        "counters[0].number", "beyond all use", "1 to 999",
    ),
    "break of something else": (
        added(LUNCH + 'starts = "10:00"\nscope = "floor:1"'),
        "breaks[0].scope", "no scope", "agency:ID",
    ),
    "break that ends before it begins": (
        added(LUNCH + 'starts = "10:00"\nfirst_day = 2027-03-09\nlast_day = 2027-02-08'),
        "breaks[0].last_day", "before first_day (2027-03-09)", "not before",
    ),
    "break from a time of day": (
        added(LUNCH + 'starts = "10:00"\nfirst_day = 08:00:00'),
        "breaks[0].first_day", "08:00:00", "without quotes",
    ),
    "special days without dates": (
        added(DAYS + "closed = true"), "special_days[0]", "no dates", "first_day with last_day",
    ),
    "special days without an end": (
        added(DAYS + "closed = true\nfirst_day = 2027-02-08"),
        "special_days[0].last_day", "nothing", "first_day is there",
    ),
    "special days without a beginning": (
        added(DAYS + "closed = true\nlast_day = 2027-02-08"),
        "special_days[0].first_day", "nothing", "last_day is there",
    ),
    "special days said twice": (
        added(DAYS + "closed = true\non = 2027-02-08\nlast_day = 2027-02-09"),
        "special_days[0].last_day", "does not go with on", "either on",
    ),
    "special days backward": (
        added(DAYS + "closed = true\nfirst_day = 2027-03-09\nlast_day = 2027-02-08"),
        "special_days[0].last_day", "before first_day", "not before",
    ),
    "special days of centuries": (
        added(DAYS + "closed = true\nfirst_day = 2027-02-08\nlast_day = 2207-03-09"),
        "special_days[0].last_day", "2207-03-09", "at most 400 days",
    ),
    "special day as text": (
        added(DAYS + 'closed = true\non = "2027-02-08"'),
        "special_days[0].on", "text", "without quotes",
    ),
    "special day with a time": (
        added(DAYS + "closed = true\non = [2027-02-08, 2027-02-09T08:00:00]"),
        "special_days[0].on[1]", "T08:00", "without quotes",
    ),
    "special day twice": (
        added(DAYS + "closed = true\non = [2027-02-08, 2027-02-09, 2027-02-08]"),
        "special_days[0].on[2]", "2027-02-08 a second time", "once",
    ),
    "no special day": (
        added(DAYS + "closed = true\non = []"), "special_days[0].on", "an empty list", "1 to 100",
    ),
    "special days of nothing": (
        added(DAYS + "on = 2027-02-08"), "special_days[0]", "neither closed nor hours", "table",
    ),
    "closed with hours": (
        added(DAYS + "closed = true\non = 2027-02-08\n" + WEEK_OF_DAYS),
        "special_days[0].hours", "does not go with closed", "either",
    ),
    "closed with breaks": (
        added(DAYS + "closed = true\non = 2027-02-08\nbreaks = true"),
        "special_days[0].breaks", "does not go with closed", "either",
    ),
    "breaks of a queue's days": (
        added(f'{DAYS}{WEEK_OF_DAYS}on = 2027-02-08\nscope = ["queue:A", "site"]\nbreaks = false'),
        "special_days[0].breaks", "breaks of a queue", "agency:ID",
    ),
    "special days of no queue": (
        added(DAYS + 'closed = true\non = 2027-02-08\nscope = ["site", "queue:Z"]'),
        "special_days[0].scope[1]", "no queue has", "queue:A",
    ),
    "special days of no agency": (
        added(DAYS + 'closed = true\non = 2027-02-08\nscope = "agency:dukcapi"'),
        "special_days[0].scope", "agency:dukcapil?", "agency:dukcapil",
    ),
    "special days of a counter": (
        added(DAYS + 'closed = true\non = 2027-02-08\nscope = "counter:1"'),
        "special_days[0].scope", "no scope of special days", "queue:PREFIX",
    ),
    "special hours that overlap": (
        added(DAYS + 'on = 2027-02-08\nhours.service.mon = ["08:00-12:00", "11:00-13:00"]'),
        "special_days[0].hours.service.mon[1]", "overlaps", "do not share",
    ),
    "special hours without service": (
        added(DAYS + 'on = 2027-02-08\nhours.tickets.mon = "08:00-12:00"'),
        "special_days[0].hours.service", "nothing", "always",
    ),
    "too many special days": (
        added("".join(f'{DAYS}closed = true\non = 2027-02-08\n' for _ in range(201))),
        "special_days", "201", "at most 200",
    ),
    "too many entries of special days": (
        added("".join(
            f"{DAYS}closed = true\non = [{', '.join(f'{year}-0{m}-11' for m in range(1, 8))}]\n"
            for year in range(2027, 2227 - 50)
        )),
        "special_days", "1050 entries", "at most 1000",
    ),
    "late visitor to nowhere": (
        changed(ZONE, ZONE + '\nlate_place = "back"'), "site.late_place", "back", "end",
    ),
    "fever that nobody has": (
        changed(ZONE, ZONE + "\nfever_c = 375"), "site.fever_c", "375", "Celsius from 36 to 40",
    ),
    "capacity below none": (
        changed(ZONE, ZONE + "\ncapacity = -1"), "site.capacity", "-1", "0 to 100000",
    ),
    "blocks larger than their numbers": (
        changed(ZONE, ZONE + "\nlease_size = 301"),
        "site.lease_size", '"A" are 300', "lease_size = 300 or less",
    ),
    "appointments without their number": (
        changed(AGENCY, f"{AGENCY}\nappointments = {{ every_min = 30 }}"),
        "queues[0].appointments.per_slot", "nothing", "1 to 100",
    ),
    "appointments every other minute": (
        changed(AGENCY, f"{AGENCY}\nappointments = {{ every_min = 2, per_slot = 1 }}"),
        "queues[0].appointments.every_min", "2", "5 to 240",
    ),
    "more at a time than numbers": (
        changed(
            AGENCY,
            f'{AGENCY}\nnumbers = "1-9"\nappointments = {{ every_min = 30, per_slot = 10 }}',
        ),
        "queues[0].appointments.per_slot", "more than the queue has", "at most 9",
    ),
    "transfer to no time": (
        changed(AGENCY, f'{AGENCY}\ntransfer_arrival = "later"'),
        "queues[0].transfer_arrival", "later", "original",
    ),
    "guard without a preference": (
        changed(COUNTER, f"{COUNTER}\nguard_min = 20"),
        "counters[0].guard_min", "longest", "preferred",
    ),
    "a fingerprint at a booth": (
        changed(COUNTER, f'{COUNTER}\nkind = "video"').replace(
            'name = "KTP"', 'name = "KTP", in_person = true'
        ),
        "counters[0].queues[0]", '"ktp" is in person', "desk",
    ),
    "limits of a greeter": (
        changed(ROLE, 'role = "greeter"\nper_day = 20'),
        "people[0].per_day", "calls none", "officer or supervisor",
    ),
    "limit of none": (
        changed(ROLE, 'role = "officer"\nper_day = 0'), "people[0].per_day", "0", "1 to 1000",
    ),
    "limit to no queue": (
        changed(ROLE, 'role = "officer"\nqueues = ["A", "Z"]'),
        "people[0].queues[1]", "no queue has", "A",
    ),
    "limit to a queue twice": (
        changed(ROLE, 'role = "officer"\nqueues = ["A", "A"]'),
        "people[0].queues[1]", "a second time", "once",
    ),
    "board of the gateway's name": (
        added('[[boards]]\nid = "gw"\nrole = "dispenser"\nkind = "refill_sensor"'),
        "boards[0].id", "kept", "an id",
    ),
    "board of no kind": (
        added(f'{BOARD}role = "dispenser"\nkind = "refil_sensor"'),
        "boards[0].kind", "no kind of board (did you mean refill_sensor?)", "ticket_button",
    ),
    "rating board at no counter": (
        added(f'{BOARD}role = "rating"\nkind = "rating_keys"'),
        "boards[0].counter", "nothing", "needed by the role rating",
    ),
    "visitor's page without its number": (
        changed(ZONE, ZONE + '\nvisitor_url = "https://antrean.example/"'),
        "site.visitor_url", "does not have {ticket}", "http or https",
    ),
    "visitor's page with other braces": (
        changed(ZONE, ZONE + '\nvisitor_url = "https://antrean.example/{ticket}/{day}"'),
        "site.visitor_url", "no other braces", "http or https",
    ),
    "visitor's page that is none": (
        changed(ZONE, ZONE + '\nvisitor_url = "ftp://antrean.example/{ticket}"'),
        "site.visitor_url", "no address of the web", "http or https",
    ),
    "visitor's page with a blank": (
        changed(ZONE, ZONE + '\nvisitor_url = "https://antrean.example/ {ticket}"'),
        "site.visitor_url", "no address of the web", "http or https",
    ),
    "visitor's page too long": (
        changed(ZONE, ZONE + f'\nvisitor_url = "https://antrean.example/{"x" * 130}/{{ticket}}"'),
        "site.visitor_url", "has 163 characters", "at most 160",
    ),
    "paper's foot too long": (
        changed(ZONE, ZONE + f'\nticket_foot = "{"x" * 81}"'),
        "site.ticket_foot", "has 81 characters", "at most 80",
    ),
    "board of another role": (
        added(f'{BOARD}role = "dispenser"\nkind = "counter_led"'),
        "boards[0].kind", "for the role counter", "refill_sensor",
    ),
    "board without its counter": (
        added(f'{BOARD}role = "counter"\nkind = "counter_led"'),
        "boards[0].counter", "nothing", "needed by the role counter",
    ),
    "board at no counter": (
        added(f'{BOARD}role = "counter"\nkind = "counter_led"\ncounter = 2'),
        "boards[0].counter", "no counter has", "1",
    ),
    "board at an absurd counter": (
        added(f'{BOARD}role = "counter"\nkind = "counter_led"\ncounter = 0x{"f" * 5_000}'),
        "boards[0].counter", "beyond all use", "1",
    ),
    "board with another's key": (
        added(f'{BOARD}role = "dispenser"\nkind = "refill_sensor"\ncounter = 1'),
        "boards[0].counter", "dispenser does not have", "counter or rating only",
    ),
    "board with an unknown queue": (
        added(f'{BOARD}role = "ticket"\nkind = "ticket_button"\nqueues = ["A", "C"]'),
        "boards[0].queues[1]", "no queue has", "A",
    ),
}  # fmt: skip

WARNINGS = {
    "prefixes sound alike": (
        added(f'[[queues]]\nprefix = "D"\nname = "x"\n{AGENCY}\n'
              f'[[queues]]\nprefix = "T"\nname = "x"\n{AGENCY}\n'
              '[[counters]]\nnumber = 2\nqueues = ["D", "T"]'),
        "queues[2].prefix", '"T", which sounds like "D"',
    ),
    "queue without a counter": (
        added(f'[[queues]]\nprefix = "C"\nname = "x"\n{AGENCY}\n'
              'services = [{ id = "kia", name = "KIA" }]'),
        "queues[1].prefix", "its services have no counter either: KIA",
    ),
    "agency without a queue": (
        added('[[agencies]]\nid = "x"\nname = "X"'), "agencies[1].id", "neither queue nor service",
    ),
    "nobody to sign in": (
        GOOD[: GOOD.index("[[people]]")], "site.sign_in", "nobody could use a console",
    ),
    "numbers after service": (
        changed(WEEK, WEEK + '\n[hours.tickets]\nmon-fri = "07:00-16:00"'),
        "hours.tickets.mon-fri", "numbers until 16:00",
    ),
    "special days that meet": (
        added(f"{DAYS}closed = true\nfirst_day = 2027-02-08\nlast_day = 2027-02-10\n"
              f"{DAYS}{WEEK_OF_DAYS}first_day = 2027-02-10\nlast_day = 2027-02-12"),
        "special_days[1]", "on 2027-02-10, as",
    ),
    "an exception that its longer one overrules": (
        added(f"{DAYS}closed = true\non = 2027-02-10\n"
              f"{DAYS}{WEEK_OF_DAYS}first_day = 2027-02-08\nlast_day = 2027-02-12"),
        "special_days[1]", "counts, for it is named last",
    ),
    "the same days twice": (
        added(f"{DAYS}closed = true\non = [2027-02-10, 2027-02-12]\n" * 2),
        "special_days[1]", "2027-02-10 and 1 more",
    ),
    "an agency open on a holiday": (
        added(f'{DAYS}{WEEK_OF_DAYS}first_day = 2027-02-08\nlast_day = 2027-03-09\n'
              f'scope = "agency:dukcapil"\n{DAYS}closed = true\non = 2027-03-08'),
        "special_days[1]", '"agency:dukcapil" open on 2027-03-08',
    ),
    "special days that are closed anyway": (
        changed(ZONE, ZONE + "\nclosures = [2027-03-08]")
        + f"\n{DAYS}{WEEK_OF_DAYS}on = 2027-03-08\n",
        "special_days[0]", "all in closures",
    ),
    "special hours on another weekday": (
        added(f'{DAYS}on = 2027-03-08\nhours.service.tue = "08:00-12:00"'),
        "special_days[0].hours", "no weekday of its days",
    ),
    "numbers after special service": (
        added(f'{DAYS}on = 2027-03-08\nhours.service.mon = "08:00-12:00"\n'
              'hours.tickets.mon = "08:00-13:00"'),
        "special_days[0].hours.tickets.mon", "numbers until 13:00",
    ),
    "small blocks of numbers": (
        changed(AGENCY, f'{AGENCY}\nlease_numbers = "700-709"'),
        "queues[0].lease_numbers", "are 10",
    ),
    "a time to ask in and no limit": (
        changed(ZONE, ZONE + "\nask_in_min = 5"), "site.ask_in_min", "without capacity",
    ),
    "a time of a check that is not needed": (
        changed(ZONE, ZONE + "\nscreening_good_min = 5"),
        "site.screening_good_min", "without screening",
    ),
    "early for no appointment": (
        changed(ZONE, ZONE + "\nbook_early_min = 5"), "site.book_early_min", "no queue has appo",
    ),
    "an entrance check that nobody makes": (
        changed(ZONE, ZONE + "\nscreening = true")
        + f'{BOARD}role = "ticket"\nkind = "ticket_button"\nqueues = ["A"]\n',
        "site.screening", "ticket boards give no number",
    ),
    "numbers too long for the LEDs": (
        changed('"A"\nname', '"ABC"\nname').replace('["A"]', '["ABC"]'),
        "queues[0].prefix", "6 characters",
    ),
}  # fmt: skip
