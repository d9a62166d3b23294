// The newest record per channel and day, from topic to topic, as one would write it by hand with franz-go.
//
//	kafka-go BROKERS IN OUT CHANGELOG GROUP EVERY-MS RECORDS
//
// Every EVERY-MS, and when RECORDS were read, the rows that changed go to OUT and to CHANGELOG, and once they are there
// the offsets are committed: at least once. What it leaves out is in its favour: it trusts the layout of the records and
// checks nothing of them, and it never reads its changelog.
package main

import (
	"context"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	brokers, in, out, changelog, group := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	every := time.Duration(number(os.Args[6])) * time.Millisecond
	left := number(os.Args[7])
	ctx := context.Background()
	// A heap of a few dozen megabytes would be swept all the time.
	debug.SetGCPercent(400)
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers),
		kgo.ConsumeTopics(in),
		kgo.ConsumerGroup(group),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	rows := newRows()
	emitted := time.Now()
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			log.Fatal(err)
		}
		fetches.EachPartition(func(partition kgo.FetchTopicPartition) {
			for _, record := range partition.Records {
				rows.add(record.Value)
			}
			left -= len(partition.Records)
		})
		if left <= 0 || time.Since(emitted) >= every {
			emit(ctx, client, rows, out, changelog)
			emitted = time.Now()
		}
		client.AllowRebalance()
	}
}

// emit writes the rows that changed, waits for them, and commits how far the topic is read.
func emit(ctx context.Context, client *kgo.Client, rows *rows, out, changelog string) {
	written := func(_ *kgo.Record, err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	for _, row := range rows.changed {
		key, value := row.key(), row.value()
		client.Produce(ctx, &kgo.Record{Topic: out, Key: key, Value: value}, written)
		client.Produce(ctx, &kgo.Record{Topic: changelog, Key: key, Value: value}, written)
		row.isChanged = false
	}
	rows.changed = rows.changed[:0]
	if err := client.Flush(ctx); err != nil {
		log.Fatal(err)
	}
	if err := client.CommitUncommittedOffsets(ctx); err != nil {
		log.Fatal(err)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}
