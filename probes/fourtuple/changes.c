/* SPDX-License-Identifier: MIT */
/*
 * Which single changes may change the end of a call? Those that a person would try.
 *
 *  size 1  a flag more or less on a socket
 *  size 2  a call less, another address, a flag set late, a socket closed before, another user
 *  size 3  another port or family, two steps exchanged, a sysctl, some time
 *
 * Words behind the call that is asked about cannot matter and are left alone. Of a case of many
 * steps only those at its beginning and those near the call are changed.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "fourtuple/variants.h"

enum { WORD_MAX_BYTES = 256, OTHER_UID = 1000, NEAR = 16 };

static const char *const flags[] = {
	"reuseaddr",
	"reuseport",
	"v6only",
	"bindtodevice=lo",
	"bindtodevice=eth",
	"freebind",
	"bind_address_no_port",
};
static const char *const late_flags[] = {"reuseaddr", "reuseaddr=0", "reuseport", "reuseport=0"};

static const char *const sysctls[] = {
	"sysctl ip_autobind_reuse=1",
	"sysctl ip_nonlocal_bind=1",
	"sysctl ip_unprivileged_port_start=0",
	"sysctl net.ipv6.bindv6only=1",
	"sysctl tcp_tw_reuse=0",
	"sysctl tcp_tw_reuse=1",
	"sysctl tcp_tw_reuse_delay=0",
	"sysctl tcp_timestamps=0",
	"sysctl tcp_migrate_req=1",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A change that is being made up; its text lives only as long as it is added. */
static void add(struct ft_variants *variants, enum ft_alter kind, unsigned size, size_t step,
		size_t word, const char *text)
{
	const struct ft_alteration what = {.kind = kind,
					   .size = size,
					   .step = step,
					   .word = word,
					   .text = text};

	ft_variants_add(variants, &what);
}

/* ---- what is known of a socket before the call ---- */

static const struct ft_word *created(const struct ft_variants *variants, uint16_t socket)
{
	for (size_t s = 0; s <= variants->step; s++) {
		const struct ft_step *step = variants->c->steps[s];

		if (step->subject == socket && step->n_words && step->words[0].op == FT_OP_CREATE)
			return &step->words[0];
	}
	return NULL;
}

static bool is_v6(const struct ft_variants *variants, uint16_t socket)
{
	const struct ft_word *word = created(variants, socket);

	return word && ft_families[word->detail].domain == AF_INET6;
}

static bool has_word(const struct ft_step *step, const struct ft_names *names, const char *wanted)
{
	struct ft_text text;
	bool found = false;

	ft_text_init(&text, WORD_MAX_BYTES);
	for (size_t n = 0; n < step->n_words && !found; n++) {
		ft_text_clear(&text);
		ft_word_print(&step->words[n], names, &text);
		found = strcmp(ft_text_get(&text), wanted) == 0;
	}
	ft_text_fini(&text);
	return found;
}

/* Is the socket there, and open, when the call comes? A close in the same chain is not seen. */
static bool is_open(const struct ft_variants *variants, uint16_t socket)
{
	bool open = false;

	for (size_t s = 0; s < variants->step; s++) {
		const struct ft_step *step = variants->c->steps[s];

		for (size_t n = 0; n < step->n_words; n++) {
			const struct ft_word *word = &step->words[n];

			if (step->subject == socket)
				open = word->op != FT_OP_CLOSE;
			else if ((word->op == FT_OP_ACCEPT || word->op == FT_OP_DUP) &&
				 word->socket == socket)
				open = true;
		}
	}
	return open;
}

/* ---- changes of a word ---- */

static bool is_option(const struct ft_word *word)
{
	return word->op == FT_OP_SET || word->op == FT_OP_SOCKOPT;
}

static void add_hosts(struct ft_variants *variants, size_t s, size_t n, struct ft_text *text)
{
	static const uint8_t v4[] = {FT_HOST_LO, FT_HOST_LO2, FT_HOST_ANY, FT_HOST_ETH};
	static const uint8_t v6[] = {FT_HOST_LO, FT_HOST_LO2, FT_HOST_ANY, FT_HOST_LO4,
				     FT_HOST_ANY4};
	const struct ft_step *step = variants->c->steps[s];
	bool is6 = is_v6(variants, step->subject);
	const uint8_t *hosts = is6 ? v6 : v4;

	for (size_t i = 0; i < (is6 ? COUNT(v6) : COUNT(v4)); i++) {
		struct ft_word word = step->words[n];

		if (word.at.host == hosts[i])
			continue;
		word.at.host = hosts[i];
		memset(word.at.bytes, 0, sizeof(word.at.bytes));
		memset(word.at.scope, 0, sizeof(word.at.scope));
		ft_text_clear(text);
		ft_word_print(&word, variants->c->names, text);
		add(variants, FT_ALTER_REPLACE, 2, s, n, ft_text_get(text));
	}
}

/* A letter that no port of the case is called by. */
static char free_letter(const struct ft_names *names)
{
	static const char letters[] = "qrstuvwxyz";

	for (const char *letter = letters; *letter; letter++) {
		bool taken = false;

		for (size_t i = 0; i < names->n_ports; i++)
			taken |= names->port[i][0] == *letter;
		if (!taken)
			return *letter;
	}
	return '\0';
}

static void add_ports(struct ft_variants *variants, size_t s, size_t n, struct ft_text *text)
{
	char letter = free_letter(variants->c->names);
	struct ft_word word = variants->c->steps[s]->words[n];
	size_t host;

	ft_text_clear(text);
	ft_word_print(&word, variants->c->names, text);
	for (host = text->len; host && ft_text_get(text)[host - 1] != ':'; host--)
		;
	if (!host)
		return;
	text->len = host;
	ft_text_char(text, letter ? letter : '0');
	add(variants, FT_ALTER_REPLACE, 3, s, n, ft_text_get(text));
	if (word.op != FT_OP_BIND || !letter)
		return;
	text->len = host;
	ft_text_char(text, '0');
	if (word.at.port != FT_PORT_NUMBER || word.at.number)
		add(variants, FT_ALTER_REPLACE, 3, s, n, ft_text_get(text));
}

static void add_family(struct ft_variants *variants, size_t s, size_t n)
{
	unsigned other = variants->c->steps[s]->words[n].detail ^ 1U; /* v4 and v6 are neighbours */

	add(variants, FT_ALTER_REPLACE, 3, s, n, ft_families[other].word);
}

static void add_flags(struct ft_variants *variants, size_t s, size_t n)
{
	const struct ft_step *step = variants->c->steps[s];

	for (size_t i = 0; i < COUNT(flags); i++)
		if ((strcmp(flags[i], "v6only") != 0 || is_v6(variants, step->subject)) &&
		    !has_word(step, variants->c->names, flags[i]))
			add(variants, FT_ALTER_BEHIND, 1, s, n, flags[i]);
}

static void alter_word(struct ft_variants *variants, size_t s, size_t n, struct ft_text *text)
{
	const struct ft_word *word = &variants->c->steps[s]->words[n];
	bool asked = s == variants->step && n == variants->word;

	if (word->op == FT_OP_CREATE) {
		add_family(variants, s, n);
		add_flags(variants, s, n);
		return;
	}
	if (!asked)
		add(variants, FT_ALTER_DROP, is_option(word) ? 1 : 2, s, n, NULL);
	if (word->has_at || word->op == FT_OP_BIND || word->op == FT_OP_CONNECT ||
	    word->op == FT_OP_BEGIN || word->op == FT_OP_FASTOPEN) {
		add_hosts(variants, s, n, text);
		add_ports(variants, s, n, text);
	}
}

/* ---- changes of steps ---- */

static void alter_user(struct ft_variants *variants, size_t s)
{
	const struct ft_step *step = variants->c->steps[s];
	const struct ft_alteration what = {.kind = FT_ALTER_USER,
					   .size = 2,
					   .step = s,
					   .as = !step->as,
					   .uid = OTHER_UID};

	if (step->as || (step->n_words && step->words[0].op == FT_OP_CREATE))
		ft_variants_add(variants, &what);
}

/* What may be done to another socket just before the call. */
static void alter_others(struct ft_variants *variants, struct ft_text *text)
{
	const struct ft_names *names = variants->c->names;
	uint16_t subject = variants->c->steps[variants->step]->subject;

	for (size_t i = 0; i < names->n_sockets; i++) {
		if (i == subject || !is_open(variants, (uint16_t)i))
			continue;
		ft_text_clear(text);
		ft_text_printf(text, "%s close", names->socket[i]);
		add(variants, FT_ALTER_STEP, 2, variants->step, 0, ft_text_get(text));
		for (size_t f = 0; f < COUNT(late_flags); f++) {
			ft_text_clear(text);
			ft_text_printf(text, "%s %s", names->socket[i], late_flags[f]);
			add(variants, FT_ALTER_STEP, 2, variants->step, 0, ft_text_get(text));
		}
	}
}

/* Only what was closed or shut down changes with time. */
static bool has_end(const struct ft_variants *variants)
{
	for (size_t s = 0; s <= variants->step; s++)
		for (size_t n = 0; n < variants->c->steps[s]->n_words; n++)
			if (variants->c->steps[s]->words[n].op == FT_OP_CLOSE ||
			    variants->c->steps[s]->words[n].op == FT_OP_SHUTDOWN)
				return true;
	return false;
}

void ft_variants_fill(struct ft_variants *variants)
{
	struct ft_text text;

	ft_text_init(&text, WORD_MAX_BYTES);
	for (size_t i = 0; i < COUNT(sysctls); i++)
		add(variants, FT_ALTER_STEP, 3, 0, 0, sysctls[i]);
	if (has_end(variants))
		add(variants, FT_ALTER_STEP, 3, variants->step, 0, "wait 1.1s");
	for (size_t back = 0; back <= variants->step; back++) {
		size_t s = variants->step - back; /* what is near comes first, if there is a limit
						   */
		size_t end = s < variants->step ? variants->c->steps[s]->n_words
						: variants->word + 1;

		if (back > NEAR && s > NEAR)
			continue;
		for (size_t n = 0; n < end; n++)
			alter_word(variants, s, n, &text);
		alter_user(variants, s);
		if (s < variants->step)
			add(variants, FT_ALTER_SWAP, 3, s, 0, NULL);
	}
	alter_others(variants, &text);
	ft_text_fini(&text);
}
