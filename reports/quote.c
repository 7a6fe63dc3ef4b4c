/* SPDX-License-Identifier: MIT */
/*
 * How does a text become a JSON string, a million times over? See quote.h.
 *
 * A text is taken in pieces that end behind a ';', because the cases of a matrix are ever new
 * combinations of the same few steps. Piecewise quoting equals quoting the whole: every escape
 * concerns one character, and a ';' is never a part of another character in UTF-8.
 */
#include "reports/quote.h"

#include <errno.h>
#include <string.h>

enum { RAW_MAX = 512 << 20 }; /* the longest text, six times over for \u0000 */

int ft_quote_init(struct ft_quote *quote)
{
	memset(quote, 0, sizeof(*quote));
	ft_text_init(&quote->raw, RAW_MAX);
	quote->string = json_string_nocheck("");
	return quote->string ? 0 : -ENOMEM;
}

void ft_quote_fini(struct ft_quote *quote)
{
	json_decref(quote->string);
	ft_text_fini(&quote->raw);
}

static struct ft_quote_slot *slot_of(struct ft_quote *quote, const char *text, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	for (; len; text++, len--)
		hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return &quote->slots[hash >> 32 & (FT_QUOTE_SLOTS - 1)];
}

static int append(const char *bytes, size_t len, void *text)
{
	struct ft_text *out = text;

	ft_text_bytes(out, bytes, len);
	return out->failed ? -1 : 0;
}

/* Bytes of the character at text by RFC 3629 (no overlong form, no surrogate), 0 if it is none. */
static size_t utf8_character(const uint8_t *text, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = text[0] < 0x80   ? 1
		   : text[0] < 0xc0 ? 0
		   : text[0] < 0xe0 ? 2
		   : text[0] < 0xf0 ? 3
		   : text[0] < 0xf8 ? 4
				    : 0;
	uint32_t code = n < 2 ? text[0] : text[0] & (0x7fU >> n);

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (n > 1 && (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
		return 0;
	return n;
}

/* Jansson's printing fails for bad texts and for want of memory and does not say which. */
static bool is_utf8(const uint8_t *text, size_t len)
{
	size_t n;

	for (; len; text += n, len -= n) {
		n = utf8_character(text, len);
		if (!n)
			return false;
	}
	return true;
}

/* Jansson's own word on text, quotes included, into quote->raw. */
static int ask_jansson(struct ft_quote *quote, const char *text, size_t len)
{
	ft_text_clear(&quote->raw);
	if (json_string_setn_nocheck(quote->string, text, len))
		return -ENOMEM;
	if (!json_dump_callback(quote->string, append, &quote->raw, JSON_ENCODE_ANY) &&
	    !quote->raw.failed)
		return 0;
	return is_utf8((const uint8_t *)text, len) ? -ENOMEM : -EINVAL;
}

static int quote_piece(struct ft_quote *quote, const char *text, size_t len, struct ft_text *out)
{
	struct ft_quote_slot *slot = NULL;
	int code;

	if (len <= FT_QUOTE_TEXT_MAX) {
		slot = slot_of(quote, text, len);
		if (slot->len == len && !memcmp(slot->text, text, len)) {
			ft_text_bytes(out, text, len);
			return 0;
		}
	}
	code = ask_jansson(quote, text, len);
	if (code)
		return code;
	ft_text_bytes(out, quote->raw.bytes + 1, quote->raw.len - 2);
	if (slot && quote->raw.len == len + 2 && !memcmp(quote->raw.bytes + 1, text, len)) {
		memcpy(slot->text, text, len);
		slot->len = (uint8_t)len;
	}
	return 0;
}

int ft_quote_text(struct ft_quote *quote, const char *text, size_t len, struct ft_text *out)
{
	int code = 0;

	ft_text_char(out, '"');
	while (len && !code) {
		const char *end = memchr(text, ';', len);
		size_t piece = end ? (size_t)(end - text) + 1 : len;

		code = quote_piece(quote, text, piece, out);
		text += piece;
		len -= piece;
	}
	ft_text_char(out, '"');
	return code ? code : out->failed ? -ENOMEM : 0;
}
