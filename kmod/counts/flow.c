// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "counts/flow.h"

#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "counts/transfer.h"
#include "params.h"

#define TABLE_BITS 15

DEFINE_STATIC_KEY_TRUE(traffic_keeps_flows);

struct traffic_flow traffic_no_flow;

static DEFINE_HASHTABLE(flow_table, TABLE_BITS);
/*
 * Guards flow_table, nr_flows, and in each struct traffic_flows the members
 * @list, @count and @closed. The lock in struct traffic_flows is another one:
 * it keeps the calls of one process from adding while a reader copies the
 * flows. It is taken first. Interrupts take neither of the two: before a
 * transfer gets here, transfer_counts() in account.c has checked in_task().
 */
static DEFINE_SPINLOCK(flows_lock);
static unsigned int nr_flows;
static struct kmem_cache *flow_cache;
/*
 * A peer chooses its ports. It must not be able to choose the bucket by them.
 * So the hash multiplies each word by a secret random factor and adds up the
 * products (multilinear hashing). Whatever words a peer chooses, two flows
 * collide only by chance. The bucket is in the high bits, which are the best
 * mixed.
 */
static u64 hash_factors[TRAFFIC_PEER_WORDS + 2];

static __always_inline u64 flows_hash(const struct traffic_flows *flows)
{
	const u64 *factor = hash_factors + TRAFFIC_PEER_WORDS;
	u64 of = (unsigned long)flows;

	return factor[0] * (u32)of + factor[1] * (of >> 32);
}

static struct hlist_head *peer_bucket(const struct traffic_flows *flows,
				      const struct traffic_peer *peer)
{
	u64 hash = flows_hash(flows);
	int i;

	for (i = 0; i < TRAFFIC_PEER_WORDS; i++)
		hash += hash_factors[i] * peer->words[i];
	return &flow_table[hash >> (64 - TABLE_BITS)];
}

/* The factor of a member of struct traffic_peer. */
#define FACTOR(word) \
	hash_factors[offsetof(struct traffic_peer, word) / sizeof(u32)]

static __always_inline u64 sock_v6_hash(const struct sock *sk)
{
	u64 hash = 0;
#if IS_ENABLED(CONFIG_IPV6)
	const __be32 *remote = sk->sk_v6_daddr.s6_addr32;
	const __be32 *local = sk->sk_v6_rcv_saddr.s6_addr32;
	int i;

	for (i = 0; i < 4; i++)
		hash += (&FACTOR(local.v6))[i] * (__force u32)local[i] +
			(&FACTOR(remote.v6))[i] * (__force u32)remote[i];
#endif
	return hash;
}

/*
 * Returns what peer_bucket() returns for the peer of @sk, without computing the
 * struct traffic_peer. @sk is a socket of a protocol that has ports.
 */
static struct hlist_head *sock_bucket(const struct traffic_flows *flows,
				      const struct sock *sk)
{
	u64 hash = flows_hash(flows);

	hash += FACTOR(netns) * sock_net(sk)->ns.inum;
	hash += FACTOR(local.port) * inet_sk(sk)->inet_num;
	hash += FACTOR(remote.port) * ntohs(sk->sk_dport);
	if (traffic_sock_is_v6(sk)) {
		hash += FACTOR(family) * AF_INET6 + sock_v6_hash(sk);
	} else {
		hash += FACTOR(family) * AF_INET;
		hash += FACTOR(local.v4) * (__force u32)sk->sk_rcv_saddr;
		hash += FACTOR(remote.v4) * (__force u32)sk->sk_daddr;
	}
	return &flow_table[hash >> (64 - TABLE_BITS)];
}

static bool flow_is(const struct traffic_flow *flow,
		    const struct traffic_flows *flows,
		    const struct traffic_peer *peer,
		    enum traffic_transport transport)
{
	return flow->flows == flows && flow->transport == transport &&
	       traffic_peer_equal(&flow->peer, peer);
}

static struct traffic_flow *flow_find(const struct hlist_head *bucket,
				      const struct traffic_flows *flows,
				      const struct traffic_peer *peer,
				      enum traffic_transport transport)
{
	struct traffic_flow *flow;

	/* Caller holds rcu_read_lock(), flows_lock, or has preemption off. */
	hlist_for_each_entry_rcu(flow, bucket, by_peer,
				 lockdep_is_held(&flows_lock))
		if (flow_is(flow, flows, peer, transport))
			return flow;
	return NULL;
}

static struct traffic_flow *flow_create(struct traffic_flows *flows,
					const struct traffic_peer *peer,
					enum traffic_transport transport,
					const struct sock *sk)
{
	struct hlist_head *bucket = peer_bucket(flows, peer);
	struct traffic_flow *flow, *found = NULL;

	if (READ_ONCE(flows->count) >= traffic_param_max_flows)
		return NULL;
	flow = kmem_cache_zalloc(flow_cache, GFP_NOWAIT | __GFP_NOWARN);
	if (!flow)
		return NULL;
	flow->flows = flows;
	flow->peer = *peer;
	flow->transport = transport;
	flow->offset = traffic_block_offset(transport);
	flow->scope =
		traffic_scope_of(peer->family, &peer->remote, sock_net(sk));
	traffic_flow_stamp(flow);
	flow->first_ns = flow->last_ns;

	spin_lock(&flows_lock);
	if (!flows->closed && flows->count < traffic_param_max_flows) {
		/* Another thread may have created the flow meanwhile. */
		found = flow_find(bucket, flows, peer, transport);
		if (!found) {
			hlist_add_head_rcu(&flow->by_peer, bucket);
			list_add_tail(&flow->list, &flows->list);
			WRITE_ONCE(flows->count, flows->count + 1);
			nr_flows++;
			found = flow;
		}
	}
	spin_unlock(&flows_lock);
	if (found != flow)
		kmem_cache_free(flow_cache, flow);
	return found;
}

void traffic_flow_stamp(struct traffic_flow *flow)
{
	WRITE_ONCE(flow->last_tick, jiffies);
	WRITE_ONCE(flow->last_ns, ktime_get_coarse_real_ns());
}

struct traffic_flow *traffic_flows_find(struct traffic_flows *flows,
					const struct traffic_transfer *transfer,
					enum traffic_transport transport)
{
	struct traffic_flow *flow;
	struct traffic_peer peer;

	traffic_peer_of(&peer, transfer);
	flow = flow_find(peer_bucket(flows, &peer), flows, &peer, transport);
	if (flow)
		return flow;
	return flow_create(flows, &peer, transport, transfer->sk);
}

struct traffic_flow *traffic_flow_of_sock(const struct traffic_flows *flows,
					  const struct sock *sk)
{
	struct traffic_flow *flow;

	hlist_for_each_entry_rcu(flow, sock_bucket(flows, sk), by_peer)
		if (flow->flows == flows &&
		    traffic_face_matches(&flow->face, &flow->peer, sk))
			return flow;
	return NULL;
}

void traffic_flows_add_unattributed(struct traffic_flows *flows,
				    const struct traffic_transfer *transfer,
				    enum traffic_transport transport)
{
	struct traffic_shared_count *count =
		&flows->unattributed[transport][transfer->direction];

	atomic64_add(transfer->result, &count->bytes);
	atomic64_inc(&count->msgs);
}

void traffic_flows_open(struct traffic_flows *flows)
{
	spin_lock_init(&flows->lock);
	INIT_LIST_HEAD(&flows->list);
}

void traffic_flows_close(struct traffic_flows *flows)
{
	struct traffic_flow *flow;

	spin_lock(&flows_lock);
	flows->closed = true;
	list_for_each_entry(flow, &flows->list, list)
		hlist_del_rcu(&flow->by_peer);
	nr_flows -= flows->count;
	spin_unlock(&flows_lock);
}

void traffic_flows_free(struct traffic_flows *flows)
{
	struct traffic_flow *flow, *next;

	list_for_each_entry_safe(flow, next, &flows->list, list)
		kmem_cache_free(flow_cache, flow);
}

unsigned int traffic_flows_count(void)
{
	return READ_ONCE(nr_flows);
}

int traffic_flows_init(void)
{
	get_random_bytes(hash_factors, sizeof(hash_factors));
	flow_cache = kmem_cache_create("traffic_flow",
				       sizeof(struct traffic_flow), 0, 0, NULL);
	if (!flow_cache)
		return -ENOMEM;
	if (!traffic_param_max_flows)
		static_branch_disable(&traffic_keeps_flows);
	return 0;
}

void traffic_flows_exit(void)
{
	kmem_cache_destroy(flow_cache);
}
