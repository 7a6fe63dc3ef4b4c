/* SPDX-License-Identifier: MIT */
/*
 * How does a text become the inside of a JSON string? See quote.h.
 */
#include "reports/quote.h"

#include <errno.h>
#include <stdint.h>
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

/* Sixteen bytes, compared all at once (GCC's vector extension, which clang has, too). */
typedef signed char block __attribute__((vector_size(16)));

/* As signed numbers the control characters and all beyond ASCII are below ' '. */
static block strange_bytes(const char *text)
{
	block bytes;

	memcpy(&bytes, text, sizeof(bytes));
	return (bytes < ' ') | (bytes == '"') | (bytes == '\\');
}

static bool is_plain(const char *text, size_t len)
{
	block strange = {0};
	uint64_t halves[2];

	if (len < sizeof(strange)) {
		for (; len; text++, len--)
			if ((signed char)*text < ' ' || *text == '"' || *text == '\\')
				return false;
		return true;
	}
	for (size_t i = 0; i + sizeof(strange) <= len; i += sizeof(strange))
		strange |= strange_bytes(text + i);
	strange |= strange_bytes(text + len - sizeof(strange)); /* the rest, and some again */
	memcpy(halves, &strange, sizeof(halves));
	return !(halves[0] | halves[1]);
}

int ft_quote_since(struct ft_quote *quote, struct ft_text *out, size_t begin)
{
	int code;

	if (out->failed)
		return -ENOMEM;
	if (begin == out->len || is_plain(out->bytes + begin, out->len - begin))
		return 0;
	code = ask_jansson(quote, out->bytes + begin, out->len - begin);
	if (code)
		return code;
	out->len = begin;
	ft_text_bytes(out, quote->raw.bytes + 1, quote->raw.len - 2);
	return out->failed ? -ENOMEM : 0;
}
