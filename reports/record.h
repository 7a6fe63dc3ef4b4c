/* SPDX-License-Identifier: MIT */
/*
 * What was measured of one case: the border between those who measure and those who report.
 *
 * The engine fills results and tuples; whoever holds the capture fills the wire fields; the judge
 * fills verdict and explanation; the writer turns it into a line of JSON. A record knows the
 * case's words, and no socket, no libpcap and no JSON.
 *
 * A record is used again for the next case (ft_record_clear), its arrays grow and stay.
 */
#ifndef FT_REPORTS_RECORD_H
#define FT_REPORTS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "case/case.h"

enum ft_verdict {
	FT_VERDICT_OBSERVED,
	FT_VERDICT_AS_EXPECTED,
	FT_VERDICT_DIFFERS,
	FT_VERDICT_UNPROVEN,
	FT_VERDICT_UNSTABLE,
	FT_VERDICT_SKIPPED,
	FT_VERDICT_BROKEN,
	FT_VERDICT_COUNT
};
extern const char *const ft_verdict_names[FT_VERDICT_COUNT]; /* "observed", "as-expected", ... */

/* A set of sockets: n indexes from first on in ft_record.got. */
struct ft_got {
	uint32_t first, n;
	bool known; /* false: nothing is said about who got it */
};

/* How one call ended. */
struct ft_result {
	uint32_t step, word; /* ordinals in the case */
	uint16_t occurrence; /* 0: not computed yet, see ft_case_occurrence() */
	uint8_t end;         /* enum ft_end */
	bool shown;          /* calls always; options and engine words only where they failed */
	bool has_local;      /* the local address read back, where the text does not say it */
	uint16_t port;       /* ... and its port as it is, whatever it is called; 0: not read */
	int32_t error;       /* END_ERROR: positive errno */
	int64_t value;       /* END_VALUE */
	uint32_t text;       /* END_TEXT: offset in ft_record.text */
	struct ft_endpoint local;
	struct ft_got got;
	/* The judge's: by which rule the model foresaw this end (enum ft_rule, 0: by none in
	 * particular), and which socket was in the way: ft_record_text(), 0: none. */
	uint16_t rule;
	uint32_t holder;
};

/* A real address, network order. family is AF_INET or AF_INET6 or 0 (unknown). v4-mapped
 * addresses are stored as AF_INET, which is how they travel. */
struct ft_address {
	uint16_t family;
	uint16_t port; /* host order */
	uint8_t bytes[16];
};

/* What the wire showed of one 4-tuple in both directions, within the time of its case. */
struct ft_wire {
	bool captured; /* false: no capture here, the counts mean nothing */
	uint32_t syn, synack, ack, data, fin, rst; /* TCP; ack: bare acknowledgements */
	uint32_t datagrams, icmp;                  /* UDP datagrams, ICMP errors that quote it */
	uint64_t first, last; /* packet numbers in the savefile, from 1; 0: none */
};

/* One attempted 4-tuple. */
struct ft_tuple {
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP */
	bool mptcp;
	uint8_t end;   /* enum ft_end of the call */
	bool has_diag; /* sock_diag was asked */
	uint8_t diag;  /* TCP_ESTABLISHED ... as in netinet/tcp.h; 0: not listed */
	uint16_t by;   /* the socket that attempted it */
	int32_t error;
	uint32_t result;                  /* the call: index into ft_record.results */
	struct ft_endpoint local, remote; /* symbolic */
	struct ft_got to;
	struct ft_address actual_local, actual_remote;
	uint64_t start_ns, end_ns; /* CLOCK_REALTIME: its packets lie between; end 0: the case's end
				    */
	struct ft_wire wire;
};

enum { FT_REASON_MAX = 240, FT_CHANGES_MAX = 3 };

/* A known change of the kernel's behaviour: it behaved as before it, or as after it. */
struct ft_change {
	uint8_t toggle; /* enum ft_toggle */
	bool before;
};

struct ft_record {
	const struct ft_case *c;
	const char *probe;         /* borrowed */
	uint8_t verdict;           /* enum ft_verdict */
	uint64_t start_ns, end_ns; /* CLOCK_REALTIME: all packets of the case lie between */
	uint64_t elapsed_ns;       /* without the time it was parked */
	uint64_t first_packet, last_packet; /* of the whole case in the savefile; 0: none */
	bool packets_lost;                  /* the capture was incomplete while it ran */
	bool unlisted;                      /* sock_diag could not be asked */
	uint8_t tries;    /* how often it was begun (engine/run.h, FT_TRIES_MAX) */
	uint32_t repeats; /* how often it ran; 1 unless asked for more */

	/* What the judge makes of it. */
	bool foreseen;      /* the outcome is one that the model allows */
	uint32_t predicted; /* what it said instead, ft_record_text(); 0: nothing else */
	uint8_t n_changes;  /* the fewest known changes that explain what it did not allow */
	struct ft_change changes[FT_CHANGES_MAX];
	/* What its probe counted in it ("chi-squared 5.2 of at most 61.1 ..."), ft_record_text().
	 */
	uint32_t measured;

	size_t n_results, size_results;
	struct ft_result *results;
	size_t n_tuples, size_tuples;
	struct ft_tuple *tuples;
	size_t n_got, size_got;
	uint16_t *got;
	size_t n_seen, size_seen; /* distinct outcomes of a repeated case */
	struct ft_seen {
		char *outcome; /* the record's own */
		uint32_t count;
	} * seen;
	/* The texts of END_TEXT results, of holders and of a prediction, each with its NUL. */
	struct ft_text text;
	/* Of skipped, broken and unproven; of observed where there was nothing to compare with. */
	char reason[FT_REASON_MAX];
};

void ft_record_init(struct ft_record *record);
void ft_record_fini(struct ft_record *record);
/* Empties it for another case; memory is kept. */
void ft_record_clear(struct ft_record *record, const struct ft_case *c, const char *probe);

/* Append one zeroed element and return it, valid until the next append; NULL without memory. */
struct ft_result *ft_record_add_result(struct ft_record *record);
struct ft_tuple *ft_record_add_tuple(struct ft_record *record);
/* Appends a socket to the set that was last begun; 0 or -ENOMEM. */
int ft_record_add_got(struct ft_record *record, struct ft_got *got, uint16_t socket);

/* Begins a text of the record's own: append it to record->text, then ft_record_text_end(). Returns
 * what stands for it in `holder` and `predicted`. */
uint32_t ft_record_text_begin(struct ft_record *record);
void ft_record_text_end(struct ft_record *record);
/* Such a text, "" for 0; borrowed until the next one is begun. */
const char *ft_record_text(const struct ft_record *record, uint32_t at);

/* Appends the outcome line: "a.bind=ok b.bind=EADDRINUSE". */
void ft_record_print_outcome(const struct ft_record *record, struct ft_text *out);
/* What a result is called in it, "c.connect.2": letters, digits and ".?|_". */
void ft_result_print_name(const struct ft_record *record, const struct ft_result *result,
			  struct ft_text *out);
/* One result of it: "c.connect.2=ok(lo:e1)>s". */
void ft_result_print(const struct ft_record *record, const struct ft_result *result,
		     struct ft_text *out);

/* The part of it that says who got it: "s", "a,b", "none". */
void ft_got_print(const struct ft_record *record, const struct ft_got *got, struct ft_text *out);
/* The occurrence of its word, from 1, computed if the engine has not; its text, "" unless
 * FT_END_TEXT, borrowed. */
unsigned ft_result_occurrence(const struct ft_record *record, const struct ft_result *result);
const char *ft_result_text(const struct ft_record *record, const struct ft_result *result);

#endif
