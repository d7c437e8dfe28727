// SPDX-License-Identifier: GPL-2.0-only
#include "traffic.h"
#include "flow.h"

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "account.h"
#include "params.h"

#define TABLE_BITS 15

atomic_t traffic_flows_readers = ATOMIC_INIT(0);

static DEFINE_HASHTABLE(by_peer, TABLE_BITS);
/* Guards the table against writers, and the lists of all processes. */
static DEFINE_SPINLOCK(flows_lock);
static unsigned int nr_flows;
static struct kmem_cache *flow_cache;
/* Peers choose their ports: they must not choose the bucket as well. */
static u32 seed;

static struct hlist_head *bucket_of(const struct traffic_flows *flows,
				    const struct traffic_peer *peer)
{
	u32 hash = jhash2(peer->words, ARRAY_SIZE(peer->words),
			  seed ^ hash_ptr(flows, 32));

	return &by_peer[hash >> (32 - TABLE_BITS)];
}

static bool is_of(const struct traffic_flow *flow,
		  const struct traffic_flows *flows,
		  const struct traffic_peer *peer,
		  enum traffic_transport transport)
{
	return flow->flows == flows && flow->transport == transport &&
	       traffic_peer_equal(&flow->peer, peer);
}

static struct traffic_flow *find(const struct hlist_head *bucket,
				 const struct traffic_flows *flows,
				 const struct traffic_peer *peer,
				 enum traffic_transport transport)
{
	struct traffic_flow *flow;

	hlist_for_each_entry_rcu(flow, bucket, by_peer,
				 lockdep_is_held(&flows_lock))
		if (is_of(flow, flows, peer, transport))
			return flow;
	return NULL;
}

static struct traffic_flow *begin(struct traffic_flows *flows,
				  const struct traffic_peer *peer,
				  enum traffic_transport transport,
				  const struct sock *sk)
{
	struct hlist_head *bucket = bucket_of(flows, peer);
	struct traffic_flow *flow, *found = NULL;

	if (READ_ONCE(flows->count) >= params_max_flows)
		return NULL;
	flow = kmem_cache_zalloc(flow_cache, GFP_NOWAIT | __GFP_NOWARN);
	if (!flow)
		return NULL;
	flow->flows = flows;
	flow->peer = *peer;
	flow->transport = transport;
	flow->scope = traffic_scope_of(peer, sock_net(sk));
	flow->first_ns = ktime_get_coarse_real_ns();

	spin_lock(&flows_lock);
	if (!flows->closed && flows->count < params_max_flows) {
		/* Another thread may have been as quick. */
		found = find(bucket, flows, peer, transport);
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

static void add(struct traffic_shared_count *count, u64 bytes)
{
	atomic64_add(bytes, &count->bytes);
	atomic64_inc(&count->msgs);
}

void traffic_flows_add(struct traffic_flows *flows,
		       const struct traffic_transfer *transfer,
		       enum traffic_transport transport)
{
	enum traffic_direction direction = transfer->direction;
	struct traffic_flow *flow;
	struct traffic_peer peer;

	if (!params_max_flows)
		return;
	traffic_peer_of(&peer, transfer);
	flow = READ_ONCE(flows->last[direction]);
	if (!flow || !is_of(flow, flows, &peer, transport)) {
		flow = find(bucket_of(flows, &peer), flows, &peer, transport);
		if (!flow)
			flow = begin(flows, &peer, transport, transfer->sk);
		if (!flow) {
			add(&flows->rest[transport][direction],
			    transfer->result);
			return;
		}
		WRITE_ONCE(flows->last[direction], flow);
	}
	add(&flow->count[direction], transfer->result);
	WRITE_ONCE(flow->last_ns, ktime_get_coarse_real_ns());
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

void traffic_flows_reader_begin(void)
{
	atomic_inc(&traffic_flows_readers);
	/* Whoever did not see it has added to both, or to none. */
	synchronize_rcu();
}

void traffic_flows_reader_end(void)
{
	atomic_dec(&traffic_flows_readers);
}

unsigned int traffic_flows_count(void)
{
	return READ_ONCE(nr_flows);
}

int traffic_flows_init(void)
{
	seed = get_random_u32();
	flow_cache = kmem_cache_create("traffic_flow",
				       sizeof(struct traffic_flow), 0, 0, NULL);
	return flow_cache ? 0 : -ENOMEM;
}

void traffic_flows_exit(void)
{
	kmem_cache_destroy(flow_cache);
}
