/*
 * sha256.c - the checksum of scripts (FIPS 180-4, section 6.2)
 */
#include "common.h"

#include <string.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void
sha256_init(Sha256 *s)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
									  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memset(s, 0, sizeof(*s));
	memcpy(s->state, start, sizeof(start));
}

static uint32_t
rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* The message schedule of a block: its 16 words and 48 made from them. */
static void
schedule(uint32_t *w, const unsigned char *block)
{
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t) block[4 * i] << 24 | (uint32_t) block[4 * i + 1] << 16 |
			   (uint32_t) block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
			   (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
			   (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
}

/* The standard's a to h are v[0] to v[7]; each round moves all of them on by one. */
static void
compress(uint32_t *state, const unsigned char *block)
{
	uint32_t w[64];
	uint32_t v[8];

	schedule(w, block);
	memcpy(v, state, sizeof(v));
	for (int i = 0; i < 64; i++)
	{
		uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
					  ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
		uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
					  ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

void
sha256_add(Sha256 *s, MigText text)
{
	while (text.len > 0)
	{
		size_t used = s->total % 64;
		size_t n = text.len < 64 - used ? text.len : 64 - used;

		memcpy(s->block + used, text.at, n);
		s->total += n;
		text.at += n;
		text.len -= n;
		if (used + n == 64)
			compress(s->state, s->block);
	}
}

/* Ends the sum: padding and the length in bits (5.1.1).  Nothing can be added after it. */
MigText
sha256_hex(Mig *m, Sha256 *s)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = mig_alloc(m, 65, 1);
	uint64_t bits = s->total * 8;
	char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (char) (bits >> (56 - 8 * i));
	sha256_add(s, (MigText){"\x80", 1});
	while (s->total % 64 != 56)
		sha256_add(s, (MigText){"", 1});
	sha256_add(s, (MigText){length, 8});
	for (int i = 0; i < 64; i++)
		hex[i] = digits[s->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	return (MigText){hex, 64};
}

MigText
mig_sha256(Mig *m, MigText text)
{
	Sha256 s;

	sha256_init(&s);
	sha256_add(&s, text);
	return sha256_hex(m, &s);
}
