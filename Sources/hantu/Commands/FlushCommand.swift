import ArgumentParser

struct FlushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush",
        abstract: "Brings everything that waits to files, spool and error store now.",
        discussion: """
            Exits 1 where something is still on its way afterwards; nothing is lost by that.

              hantu logd flush && tail -n 1 /var/log/hantu/info/info_$(date +%Y%m%d).log
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try common.session()
        let answer = try session.tell("/v1/flush", json: common.json)
        let isComplete = answer["complete"]?.isTrue ?? false
        if !common.json {
            let parts = [("파일", "files"), ("스풀", "spool"), ("에러 저장소", "store")]
            for (name, key) in parts {
                guard let outcome = answer[key]?.text else { continue }
                let isDone = ["written", "committed", "delivered"].contains(outcome)
                isDone ? Report.success("\(name): 완료") : Report.warning("\(name): \(outcome)")
            }
        }
        if !isComplete { throw ExitCode(1) }
    }
}
