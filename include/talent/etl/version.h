/* Version of the program, as ledgers and reports name it. */
#ifndef TALENT_ETL_VERSION_H
#define TALENT_ETL_VERSION_H

#define TP_VERSION "0.1.0"

#endif
