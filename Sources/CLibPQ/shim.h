#pragma once
// Prototypes only, of what is called (libpq-fe.h; libpq keeps them as they are since version 14): the header would
// bring a second copy of the C library's types into this module, and Swift could take either for the one that
// Glibc means.
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef void (*PQnoticeProcessor)(void *argument, const char *message);

// ConnStatusType, PostgresPollingStatusType, ExecStatusType, PGVerbosity, and fields of an error.
enum { PQ_CONNECTION_BAD = 1 };
enum { PQ_POLLING_FAILED, PQ_POLLING_READING, PQ_POLLING_WRITING, PQ_POLLING_OK };
enum { PQ_COMMAND_OK = 1, PQ_TUPLES_OK = 2, PQ_COPY_IN = 4, PQ_PIPELINE_SYNC = 10, PQ_PIPELINE_ABORTED = 11 };
enum { PQ_ERRORS_VERBOSE = 2 };
enum { PQ_FIELD_SQLSTATE = 'C', PQ_FIELD_MESSAGE = 'M', PQ_FIELD_CONSTRAINT = 'n', PQ_FIELD_COLUMN = 'c' };

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand_dbname);
int PQconnectPoll(PGconn *conn);
void PQfinish(PGconn *conn);
int PQstatus(const PGconn *conn);
int PQsocket(const PGconn *conn);
int PQserverVersion(const PGconn *conn);
char *PQerrorMessage(const PGconn *conn);
int PQsetErrorVerbosity(PGconn *conn, int verbosity);
PQnoticeProcessor PQsetNoticeProcessor(PGconn *conn, PQnoticeProcessor processor, void *argument);

int PQsetnonblocking(PGconn *conn, int nonblocking);
int PQenterPipelineMode(PGconn *conn);
int PQexitPipelineMode(PGconn *conn);
int PQpipelineSync(PGconn *conn);
int PQsendQueryParams(
    PGconn *conn, const char *command, int count, const unsigned int *types, const char *const *values,
    const int *lengths, const int *formats, int result_format);
int PQsendQuery(PGconn *conn, const char *command);
int PQputCopyData(PGconn *conn, const char *buffer, int count);
int PQputCopyEnd(PGconn *conn, const char *error);
int PQflush(PGconn *conn);
int PQconsumeInput(PGconn *conn);
int PQisBusy(PGconn *conn);
PGresult *PQgetResult(PGconn *conn);

int PQresultStatus(const PGresult *result);
char *PQresultErrorField(const PGresult *result, int field);
char *PQresultErrorMessage(const PGresult *result);
int PQntuples(const PGresult *result);
int PQnfields(const PGresult *result);
char *PQgetvalue(const PGresult *result, int row, int column);
int PQgetlength(const PGresult *result, int row, int column);
int PQgetisnull(const PGresult *result, int row, int column);
char *PQcmdTuples(PGresult *result);
void PQclear(PGresult *result);
