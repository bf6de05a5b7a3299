/// Lines longer than this are no records: nothing the daemon takes is (contract section 9, `max_line_bytes`).
let longestLine = 80 << 20
