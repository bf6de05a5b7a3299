"""What must hold in the end, whatever died: each rule yields the ways in which it was broken."""
import collections
import re

from .evidence import MARK
from .witness import SEVERE

KIND = re.compile(r"kind_(?:py|sw|raw)_[g-p]+")


def acknowledged_is_in_a_text_file(found):
    for mark, level in found.acknowledged.items():
        # The disk was full now and then: what fell back to stderr meanwhile is safe there, and counted.
        # Errors are safe without their text line (contract section 3): the last second's may go with kill -9.
        if level not in SEVERE and mark not in found.texts and mark not in found.fallen_back:
            yield f"{mark} ({level}) was acknowledged and is neither in a text file nor on stderr"


def acknowledged_errors_are_in_an_error_file(found):
    for mark, level in found.acknowledged.items():
        if level in SEVERE and mark not in found.errors:
            yield f"{mark} ({level}) was acknowledged and is in no error file"


def acknowledged_errors_are_stored_once(found):
    stored = collections.Counter(mark[0] for _, message in found.rows if (mark := MARK.search(message)))
    for mark, level in found.acknowledged.items():
        if level in SEVERE and not stored[mark]:
            yield f"{mark} ({level}) was acknowledged and isn't stored"
    for mark, count in stored.items():
        if count > 1:
            yield f"{mark} is stored {count} times"
    for identity, count in collections.Counter(identity for identity, _ in found.rows).items():
        if count > 1:
            yield f"event {identity} is stored {count} times"


def services_lose_no_error(found):
    for levels in found.logged.values():
        for mark, level in levels.items():
            if level in SEVERE and mark in found.sent and mark not in found.acknowledged:
                yield f"{mark} ({level}) was sent and never acknowledged"


def services_count_what_they_drop(found):
    for name, levels in found.logged.items():
        missing = len(levels.keys() - found.sent)
        least, most = found.reported[name]
        if not least <= missing <= most:
            yield f"{missing} records of {name} never left it, it tells of {least} to {most}"


def told(messages):
    """How many events of each kind a reader was told of; those without a kind's name under None."""
    counts = collections.Counter()
    # A message that came again, whole, as it may after kill -9, tells nothing new: every one names a mark.
    for message in dict.fromkeys(messages):
        head, *rest = message.split("\n")
        kind = KIND.search(message)
        if "묶음" in head:
            for line in rest:
                number = int(re.search(r"×(\d+)$", line)[1])
                kind = KIND.search(line)
                if kind:
                    counts[kind[0]] += number
                elif line.startswith("그 밖의 종류"):
                    counts[None] += number
        elif "[hantu-logd]" not in head:
            counts[kind and kind[0]] += int(re.search(r"(\d+)건", head)[1]) if head.startswith("🔁") else 1
    return counts


def every_event_is_told(found):
    counts = told(found.messages)
    # Whatever is stored passed the spool, and so did its alert.
    wanted = collections.Counter(kind[0] for _, message in found.rows if (kind := KIND.search(message)))
    untold = sum(max(0, count - counts[kind]) for kind, count in wanted.items())
    if untold > counts[None]:
        for kind, count in wanted.items():
            if counts[kind] < count:
                yield f"{count} errors of {kind} and {counts[kind]} of them told"


def summaries_add_up(found):
    for message in found.messages:
        head, *rest = message.split("\n")
        if "묶음" in head:
            total = int(re.search(r"(\d+)건", head)[1])
            parts = sum(int(re.search(r"×(\d+)$", line)[1]) for line in rest)
            if total != parts:
                yield f"a digest of {total} lists {parts}"
        if "전하지 못한" in head:
            yield f"an alert was refused: {message}"


def what_falls_back_is_counted(found):
    counted = found.drops[-1].get("text", {}).get("to_stderr", 0)
    # The rest of a line that was torn goes to its file as well and isn't counted; so does what was sent again.
    most = sum(found.last_fallen_back.values())
    least = sum(count for mark, count in found.last_fallen_back.items() if mark not in found.texts)
    if not least <= counted <= most:
        yield f"{least} to {most} text lines of the last life fell back to stderr, {counted} are counted"
    for drops in found.drops:
        for output, reasons in drops.items():
            for reason, count in reasons.items():
                if (output, reason) not in [("text", "to_stderr"), ("errors", "to_stderr")]:
                    yield f"{output} dropped {count} records: {reason}"


def files_hold_whole_lines(found):
    for line in found.merged:
        yield f"a line holds more than one record: {line!r}"
    # Where a life ended between the two writes of one line.
    if len(found.halves) > found.halves_told:
        yield f"{len(found.halves)} lines are cut, {found.halves_told} were told of: {found.halves[0]!r}"


def no_secret_is_shown(found):
    for name in found.uncovered:
        yield f"a secret is in {name}"


def rules_are_kept(found):
    yield from found.violations


RULES = [
    acknowledged_is_in_a_text_file, acknowledged_errors_are_in_an_error_file, acknowledged_errors_are_stored_once,
    services_lose_no_error, services_count_what_they_drop, every_event_is_told, summaries_add_up,
    what_falls_back_is_counted, files_hold_whole_lines, no_secret_is_shown, rules_are_kept,
]


def judge(found):
    """What is wrong: rule -> what breaks it; empty when everything holds."""
    verdicts = {rule.__name__: list(rule(found)) for rule in RULES}
    return {name: broken for name, broken in verdicts.items() if broken}
