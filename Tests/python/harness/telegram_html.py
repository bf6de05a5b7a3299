"""Telegram's HTML parse mode, read as its documentation describes it."""
import re

# Those that a message without links and custom emoji may hold.
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote"}
ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LIMIT = 4096


class BadMarkup(Exception):
    """What Telegram answers with "can't parse entities"."""


def units(text):
    """UTF-16 code units, which Telegram counts in."""
    return len(text.encode("utf-16-le")) // 2


def parse(html):
    """The text that a reader sees."""
    seen, opened, position = [], [], 0
    while position < len(html):
        character = html[position]
        if character == "<":
            tag = re.match(r"<(/?)([a-z]+)>", html[position:])
            if not tag or tag[2] not in TAGS:
                raise BadMarkup(f"unsupported start tag at {position}: {html[position:position + 20]!r}")
            if not tag[1]:
                opened.append(tag[2])
            elif not opened or opened.pop() != tag[2]:
                raise BadMarkup(f"unexpected end tag at {position}")
            position += len(tag[0])
        elif character == ">":
            raise BadMarkup(f"a bare > at {position}")
        elif character == "&":
            entity = ENTITY.match(html, position)
            if not entity:
                raise BadMarkup(f"a bare & at {position}")
            seen.append(NAMED[entity[1]] if entity[1] else chr(int(entity[2] or entity[3], 10 if entity[2] else 16)))
            position = entity.end()
        else:
            seen.append(character)
            position += 1
    if opened:
        raise BadMarkup(f"no end tag for {opened[-1]}")
    return "".join(seen)
