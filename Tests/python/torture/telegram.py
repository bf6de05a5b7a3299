"""The Bot API server as a process of its own, which can be stopped and killed: telegram.py PORT FILE

What it takes goes to FILE, an object a line, before it is answered. Words on stdin are its next answers: `reset`,
`cut`, `500`, `429`.
"""
import json
import sys

from harness.bot_api import BotAPI, refusal, too_many


class RecordingAPI(BotAPI):
    def __init__(self, port, path):
        # Pace can't be judged: two requests may have waited together while the server was stopped.
        super().__init__(port=port, strict_pace=False)
        self.file = open(path, "a", buffering=1)

    def judge(self, arrived, handler, body):
        told, broken = len(self.messages), len(self.violations)
        answer = super().judge(arrived, handler, body)
        for message in self.messages[told:]:
            self.file.write(json.dumps({"text": message.text}) + "\n")
        for violation in self.violations[broken:]:
            if "in a minute" not in violation:
                self.file.write(json.dumps({"violation": violation}) + "\n")
        return answer


def main(port, path):
    answers = {"429": too_many(1), "500": refusal(500, "Internal Server Error")}
    api = RecordingAPI(int(port), path).__enter__()
    for line in sys.stdin:
        api.answer_next("1", answers.get(line.strip(), line.strip()))


if __name__ == "__main__":
    main(*sys.argv[1:])
