"""rsyslog and syslog-ng, given the same work: a text line for each record, and the errors' own lines in a second file.

They mask nothing, acknowledge nothing and check no more than their parser does. Tools/unpack-peers has put Debian's
builds into .build/peers.
"""
import glob
import os

from figures import ROOT

PEERS = os.path.join(ROOT, ".build", "peers")

RSYSLOG = '''
global(workDirectory="{directory}" maxMessageSize="64k")
module(load="imptcp")
module(load="mmjsonparse")
template(name="line" type="list") {{
  property(name="$!timestamp" position.from="1" position.to="10") constant(value=" ")
  property(name="$!timestamp" position.from="12" position.to="19") constant(value=" [")
  property(name="$!level") constant(value="] ") property(name="$!logger") constant(value=": ")
  property(name="$!message") constant(value=" (trace_id=") property(name="$!trace_id") constant(value=")\\n")
}}
template(name="raw" type="list") {{ property(name="rawmsg") constant(value="\\n") }}
ruleset(name="records" {queue}) {{
  action(type="mmjsonparse" cookie="" useRawMsg="on")
  action(type="omfile" file="{directory}/text" template="line" {file})
  if $!level == "ERROR" or $!level == "CRITICAL" then
    action(type="omfile" file="{directory}/errors" template="raw" {file})
}}
input(type="imptcp" path="{directory}/s" unlink="on" ruleset="records" supportOctetCountedFraming="off")
'''
# The input thread does the work itself, and the files are written by a thread each: its least CPU a record.
DIRECT = {"queue": 'queue.type="Direct"', "file": 'asyncWriting="on" ioBufferSize="256k" flushOnTXEnd="off"'}

SYSLOG_NG = '''@version: 3.38
options {{
  threaded(yes); log-fifo-size(200000); flush-lines(1000); log-msg-size(65536); stats-freq(0); use-dns(no);
  keep-timestamp(no);
}};
source records {{
  unix-stream("{directory}/s" flags(no-parse) max-connections(32) log-iw-size(64000) log-fetch-limit(1000));
}};
parser json {{ json-parser(prefix("r.")); }};
filter is_error {{ "${{r.level}}" eq "ERROR" or "${{r.level}}" eq "CRITICAL" }};
destination text {{
  file("{directory}/text" template("$(substr ${{r.timestamp}} 0 10) $(substr ${{r.timestamp}} 11 8) [${{r.level}}] ${{r.logger}}: ${{r.message}} (trace_id=${{r.trace_id}})\\n"));
}};
destination errors {{ file("{directory}/errors" template("${{MESSAGE}}\\n")); }};
log {{
  source(records); parser(json); destination(text);
  log {{ filter(is_error); destination(errors); }};
  flags(flow-control);
}};
'''


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def found(pattern):
    """A path in .build/peers whose architecture or version is the distribution's."""
    paths = glob.glob(os.path.join(PEERS, pattern))
    if not paths:
        raise FileNotFoundError(f"no {pattern} in {PEERS}: Tools/install-dependencies bench")
    return paths[0]


def rsyslog(directory, queue="", file=""):
    """Arguments and environment; without more, a main queue as Debian ships it."""
    config = write(f"{directory}/rsyslog.conf", RSYSLOG.format(directory=directory, queue=queue, file=file))
    return [found("usr/sbin/rsyslogd"), "-n", "-f", config, "-i", f"{directory}/pid",
            "-M", found("usr/lib/*/rsyslog")], dict(os.environ)


def syslog_ng(directory):
    config = write(f"{directory}/syslog-ng.conf", SYSLOG_NG.format(directory=directory))
    environment = {**os.environ, "LD_LIBRARY_PATH": found("usr/lib/syslog-ng")}
    return [found("usr/sbin/syslog-ng"), "--foreground", "--no-caps", "--cfgfile", config,
            "--module-path", found("usr/lib/syslog-ng/[0-9]*"), "--persist-file", f"{directory}/persist",
            "--pidfile", f"{directory}/pid", "--control", f"{directory}/control"], environment
