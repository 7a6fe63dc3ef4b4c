/* SPDX-License-Identifier: MIT */
/*
 * From which sources does a membership want a group's datagrams?
 *
 * One that was made for the group as such begins with all sources, and blocks some (MCAST_EXCLUDE);
 * one that was made for a source has that, and takes more (MCAST_INCLUDE). The kernel lets it turn
 * from one into the other as long as it has never listed a source: it does so even if the call is
 * then refused.
 */
#include <errno.h>

#include "model/datagram.h"

static uint8_t index_of(const struct ft_membership *m, const struct ft_ip *source)
{
	uint8_t i = 0;

	while (i < m->n_sources && !ft_ip_equal(&m->sources[i], source))
		i++;
	return i;
}

bool ft_source_wanted(const struct ft_model *model, const struct ft_membership *membership,
		      const struct ft_ip *from)
{
	bool found = index_of(membership, from) < membership->n_sources;

	return found == membership->include || !ft_on(model, FT_RULE_MCAST_SOURCE);
}

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return ft_on(model, rule) ? error : 0;
}

static int32_t list(struct ft_model *model, struct ft_membership *m, const struct ft_ip *source)
{
	if (m->n_sources == FT_SOURCES_MAX && !ft_ip_is_v4(&m->ip))
		ft_beyond(model, "more sources than the model keeps"); /* mld_max_msf is 64 */
	if (m->n_sources == FT_SOURCES_MAX)
		return refuse(model, FT_RULE_MCAST_SOURCE_LIMIT, ENOBUFS);
	m->listed = true;
	if (index_of(m, source) < m->n_sources)
		return refuse(model, FT_RULE_MCAST_SOURCE_TWICE, EADDRNOTAVAIL);
	m->sources[m->n_sources++] = *source;
	return 0;
}

/* Without its last source a membership for sources has nothing to want: it ends. */
static int32_t unlist(struct ft_model *model, struct ft_socket *s, struct ft_membership *m,
		      const struct ft_ip *source)
{
	uint8_t i = index_of(m, source);

	if (i == m->n_sources)
		return refuse(model, FT_RULE_MCAST_SOURCE_TWICE, EADDRNOTAVAIL);
	if (m->include && m->n_sources == 1)
		return ft_multicast_set(model, s, false, &m->ip, m->device);
	m->sources[i] = m->sources[--m->n_sources];
	return 0;
}

int32_t ft_source_set(struct ft_model *model, struct ft_socket *s, enum ft_source_call what,
		      const struct ft_ip *group, const struct ft_ip *source, uint8_t device)
{
	bool include = what == FT_SOURCE_ADD || what == FT_SOURCE_DROP;
	struct ft_membership *m;
	int32_t error = 0;

	if (!ft_multicast_device(model, device))
		return refuse(model, FT_RULE_MCAST_DEVICE, ENODEV);
	if (ft_ip_is_v4(group)) /* of IPv6 it may be that on any interface */
		device = ft_multicast_device(model, device);
	m = ft_membership_find(model, s, group, device);
	if (!m && what == FT_SOURCE_ADD) {
		error = ft_multicast_set(model, s, true, group, device);
		m = ft_membership_find(model, s, group, device);
	}
	if (error)
		return error;
	if (!m || (m->listed && m->include != include))
		return refuse(model, FT_RULE_MCAST_SOURCE_MODE, EINVAL);
	m->include = include;
	if (what == FT_SOURCE_ADD || what == FT_SOURCE_BLOCK)
		return list(model, m, source);
	return unlist(model, s, m, source);
}
