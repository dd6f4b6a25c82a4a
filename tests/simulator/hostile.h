/* Bodies that are meant to hurt, each in place of the answer's own. */
#ifndef SIMULATOR_HOSTILE_H
#define SIMULATOR_HOSTILE_H

#include "tests/simulator/reply.h"

/* So many MiB of blanks, packed a thousand times smaller; as a .gz file, or as Content-Encoding
 * where the answer has one. */
void sim_hostile_bomb(uint64_t mib, sim_reply *reply);

/* So many levels of lists (JSON) or elements (XML, by the answer's Content-Type). */
void sim_hostile_deep(uint64_t levels, sim_reply *reply);

/* One text of so many MiB in a record. */
void sim_hostile_long(uint64_t mib, sim_reply *reply);

/* XML: ten entities, each ten times the one before. */
void sim_hostile_laughs(sim_reply *reply);

/* XML: an entity whose text lies at an address. */
void sim_hostile_entity(const char *address, sim_reply *reply);

/* The declaration or the Content-Type names another character set than the bytes are in. */
void sim_hostile_charset(sim_reply *reply);

#endif
