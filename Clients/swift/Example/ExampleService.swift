import Glibc
import HantuLog
import Logging

/// A trading service in small: what `make demo` runs beside one in Python.
///
///     example-service [ORDERS] [PAUSE IN MICROSECONDS]
///
/// It ends when its input does.
@main
struct ExampleService {
    struct InsufficientBalance: Error {
        let stock: String
    }

    static func main() {
        HantuLog.bootstrap(service: "order-router", level: .debug)
        let logger = Logger(label: "core.orders.router")
        let numbers = CommandLine.arguments.dropFirst().compactMap { UInt32($0) }
        let orders = numbers.first ?? 20
        let pause = numbers.dropFirst().first ?? 0
        for order in 1...max(1, orders) {
            withTraceID {
                logger.info("주문 전송 \(order)", metadata: ["order": "\(order)", "stock": "005930"])
                if order % 10 == 0 {
                    logger.error(
                        "주문 실패 \(order): token=tgtoken-77aa88bb99cc",
                        error: InsufficientBalance(stock: "005930"))
                } else {
                    logger.info("주문 체결 \(order)", metadata: ["outcome": "success"])
                }
            }
            if pause > 0 { usleep(pause) }
        }
        while readLine() != nil {}
    }
}
