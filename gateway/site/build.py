"""The domain's site from a checked file: defaults in, hours inherited, breaks spelled out."""

from dataclasses import fields
from datetime import date

from gateway.domain import ranges
from gateway.domain import site as domain
from gateway.site import dated, forms, schema, times

_CLOSED: tuple[tuple[domain.Window, ...], ...] = ((),) * 7
# Settings that have one name and one form in the file and in the domain.
_SAME = [f.name for f in fields(domain.Site) if f.name in ranges.RANGES]


def build_site(file: schema.SiteFile) -> domain.Site:
    """Give the site of a file that has passed all checks."""
    top = file.site
    site_hours = _hours(file.hours)
    agency_hours = {a.id: _hours(a.hours) for a in file.agencies if a.hours}
    queues, services = [], []
    for queue in file.queues:
        inherited = agency_hours.get(queue.agency, site_hours)
        queues.append(
            domain.Queue(
                prefix=queue.prefix,
                name=queue.name,
                agency=queue.agency,
                policy=_policy(queue.policy or top.policy),
                hours=_hours(queue.hours) if queue.hours else inherited,
                first_number=queue.numbers[0],
                last_number=queue.numbers[1],
                lease_first=queue.lease_numbers[0],
                lease_last=queue.lease_numbers[1],
                transfer_arrival=queue.transfer_arrival,
                slots=_slots(queue.appointments),
            )
        )
        for service in queue.services:
            agency = service.agency or queue.agency
            services.append(
                domain.Service(
                    service.id,
                    service.name,
                    agency,
                    queue.prefix,
                    service.quota_per_day,
                    service.in_person,
                )
            )
    return domain.Site(
        id=top.id,
        name=top.name,
        zone=top.zone,
        agencies=tuple(
            domain.Agency(a.id, a.name, a.walk_in, a.online, a.phone) for a in file.agencies
        ),
        services=tuple(services),
        queues=tuple(queues),
        counters=tuple(
            domain.Counter(
                c.number, tuple(c.queues), c.agency or "", c.place, c.choice, c.guard_min, c.kind
            )
            for c in file.counters
        ),
        breaks=tuple(b for table in file.breaks for b in _breaks(table)),
        closures=tuple(sorted(day.isoformat() for day in top.closures)),
        people=tuple(domain.Person(p.id, p.role, tuple(p.queues), p.per_day) for p in file.people),
        boards=tuple(
            domain.SiteBoard(b.id, b.role, b.kind, b.counter, tuple(b.queues), b.place)
            for b in file.boards
        ),
        counter_word=top.counter_word,
        sign_in=top.sign_in,
        late_place=top.late_place,
        visitor_url=top.visitor_url,
        ticket_head=top.ticket_head,
        ticket_foot=top.ticket_foot,
        screening=top.screening,
        mask_needed=top.mask_needed,
        special_days=tuple(days for table in file.special_days for days in _special_days(table)),
        **{name: getattr(top, name) for name in _SAME},
    )


def _policy(table: schema.PolicyTable) -> domain.Policy:
    return domain.Policy(
        table.kind, table.normal, table.priority, table.guard_min, table.priority_weight
    )


def _hours(table: schema.HoursTable) -> domain.Hours:
    if table.open == "always":
        always = ((domain.Window(0, times.DAY_MIN),),) * 7
        return domain.Hours(tickets=always, service=always, early=_CLOSED)
    service = _week(table.service)
    tickets = service if table.tickets is None else _week(table.tickets)
    return domain.Hours(tickets=tickets, service=service, early=_week(table.early))


def _week(week: forms.Week | None) -> tuple[tuple[domain.Window, ...], ...]:
    days: list[tuple[domain.Window, ...]] = list(_CLOSED)
    for names, windows in (week or {}).items():
        for day in names:
            days[day] = tuple(sorted(windows, key=lambda window: window.opens_min))
    return tuple(days)


def _breaks(table: schema.BreakTable) -> list[domain.Break]:
    weekdays = tuple(sorted({day for days in table.days for day in days}))
    first, last = _iso(table.first_day), _iso(table.last_day)
    return [
        domain.Break(table.name, scope, weekdays, start, table.minutes, first, last)
        for scope in table.scope
        for start in _starts(table)
    ]


def _starts(table: schema.BreakTable) -> list[int]:
    if table.starts is not None:
        return sorted(table.starts)
    if table.every_min is None or table.first is None or table.last is None:
        raise AssertionError("a break without times passed the checks")
    return times.starts_between(table.first, table.last, table.every_min)


def _special_days(table: schema.SpecialDaysTable) -> list[domain.SpecialDays]:
    # A closed day has no breaks either: they would be shown and end nothing.
    hours = _hours(table.hours) if table.hours else domain.Hours(_CLOSED, _CLOSED, _CLOSED)
    breaks = table.breaks and not table.closed
    return [
        domain.SpecialDays(table.name, scope, _iso(first), _iso(last), hours, breaks)
        for first, last in dated.spans(table.on, table.first_day, table.last_day)
        for scope in table.scope
    ]


def _slots(table: schema.AppointmentsTable | None) -> domain.Slots | None:
    return domain.Slots(table.every_min, table.per_slot, table.days_ahead) if table else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
