/// The users' production table as SQLAlchemy made it, before there was this daemon (contract section 5).
package enum OldErrorTable {
    /// What `metadata.create_all()` sent for the services' old model.
    package static let statements = """
        CREATE TABLE error_logs (
            id SERIAL NOT NULL,
            timestamp TIMESTAMP WITHOUT TIME ZONE NOT NULL,
            level VARCHAR(20),
            service VARCHAR(50) NOT NULL,
            module VARCHAR(100),
            function VARCHAR(100),
            message TEXT NOT NULL,
            error_type VARCHAR(100),
            stack_trace TEXT,
            context TEXT,
            resolved TIMESTAMP WITHOUT TIME ZONE,
            resolution_note TEXT,
            PRIMARY KEY (id)
        );
        CREATE INDEX ix_error_logs_timestamp ON error_logs (timestamp);
        CREATE INDEX ix_error_logs_level ON error_logs (level);
        CREATE INDEX ix_error_logs_service ON error_logs (service);
        CREATE INDEX ix_error_logs_error_type ON error_logs (error_type);
        CREATE INDEX ix_error_logs_resolved ON error_logs (resolved);
        """

    /// Rows as the services wrote them; the second is resolved, the third has a context that is no JSON.
    package static let rows = """
        INSERT INTO error_logs (timestamp, level, service, module, function, message, error_type, stack_trace,
            context, resolved, resolution_note) VALUES
        ('2025-11-03 09:00:01.5', 'ERROR', 'scheduler', 'trading_engine', 'execute_order', '주문 실행 실패',
            'APIException', 'Traceback', '{"stock": "005930"}', NULL, NULL),
        ('2025-11-03 09:05:00', 'CRITICAL', 'api-server', NULL, NULL, 'DB 연결 불가', NULL, NULL, NULL,
            '2025-11-03 10:00:00', '재시작'),
        ('2025-11-04 09:00:00', NULL, 'scheduler', NULL, NULL, '', NULL, NULL, '{''a'': 1}', NULL, NULL);
        """
}
