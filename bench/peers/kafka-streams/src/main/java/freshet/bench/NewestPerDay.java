package freshet.bench;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;

/**
 * The newest record per channel and day, from topic to topic, with Kafka Streams:
 * NewestPerDay BROKERS IN OUT APPLICATION at_least_once|exactly_once_v2 EVERY-MS RECORDS STATE-FOLDER.
 * It ends when it has seen RECORDS.
 */
public final class NewestPerDay {
  private static final String STORE = "newest";
  private static final Duration DAY = Duration.ofDays(1);
  /** The records are in random order of 60 days: what comes late must find its window. */
  private static final Duration GRACE = Duration.ofDays(60);
  /** Room for all rows, so that they are written when it commits and not before. */
  private static final long CACHE_BYTES = 64L << 20;

  public static void main(String[] args) throws InterruptedException {
    long records = Long.parseLong(args[6]);
    CountDownLatch done = new CountDownLatch(1);
    AtomicLong seen = new AtomicLong();
    Topology topology = topology(args[1], args[2], () -> {
      if (seen.incrementAndGet() == records) done.countDown();
    });
    KafkaStreams streams = new KafkaStreams(topology, properties(args));
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(1);
      return null;
    });
    streams.start();
    done.await();
    // It writes what has changed, and commits.
    streams.close();
  }

  private static Topology topology(String in, String out, Runnable count) {
    StreamsBuilder builder = new StreamsBuilder();
    Consumed<String, Harvest> consumed =
        Consumed.with(Serdes.String(), new Serdes.WrapperSerde<>(null, Harvest.FROM_JSON))
            .withTimestampExtractor((record, time) -> ((Harvest) record.value()).millis());
    // RocksDB takes a tenth more CPU, and as much memory.
    WindowBytesStoreSupplier store = Stores.inMemoryWindowStore(STORE, GRACE.plus(DAY), DAY, false);
    builder.stream(in, consumed)
        .peek((channel, harvest) -> count.run())
        .groupByKey()
        .windowedBy(TimeWindows.ofSizeAndGrace(DAY, GRACE))
        .reduce(
            Harvest::newer,
            Materialized.<String, Harvest>as(store)
                .withKeySerde(Serdes.String())
                .withValueSerde(Harvest.IN_STATE)
                .withCachingEnabled())
        .toStream()
        .map((window, harvest) -> {
          DailyRow row = new DailyRow(window.key(), harvest);
          return KeyValue.pair(row.key(), row);
        })
        .to(out, Produced.with(Serdes.String(), new Serdes.WrapperSerde<>(DailyRow.TO_JSON, null)));
    return builder.build();
  }

  private static Properties properties(String[] args) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, args[3]);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[4]);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[5]);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, args[7]);
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    // The records are of 2017: their windows are not to be deleted from the changelog.
    properties.put(StreamsConfig.WINDOW_STORE_CHANGE_LOG_ADDITIONAL_RETENTION_MS_CONFIG, Duration.ofDays(20_000).toMillis());
    // The default of 10 s is too short for a commit each 10 s.
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 60_000);
    return properties;
  }

  private NewestPerDay() {}
}
