package freshet.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** How many subscribers a channel had, and when. The channel is the record's key. */
record Harvest(long millis, long subs) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int STATE_BYTES = 2 * Long.BYTES;

  /** Reads {"yt_channel_id": "channel_755", "harvest_ts": "2017-08-02T19:06:20", "subs": 3551671}, as Jackson streams it. */
  static final Deserializer<Harvest> FROM_JSON =
      (topic, bytes) -> {
        long millis = 0;
        long subs = 0;
        try (JsonParser parser = JSON.createParser(bytes)) {
          parser.nextToken();
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("harvest_ts")) millis = millisOf(parser.getText());
            else if (name.equals("subs")) subs = parser.getLongValue();
          }
        } catch (IOException error) {
          throw new UncheckedIOException(error);
        }
        return new Harvest(millis, subs);
      };

  /** As it lies in stores and their changelogs: 16 bytes. */
  static final Serde<Harvest> IN_STATE =
      Serdes.serdeFrom(
          (topic, harvest) ->
              harvest == null
                  ? null
                  : ByteBuffer.allocate(STATE_BYTES).putLong(harvest.millis).putLong(harvest.subs).array(),
          (topic, bytes) -> {
            if (bytes == null) return null;
            ByteBuffer state = ByteBuffer.wrap(bytes);
            return new Harvest(state.getLong(), state.getLong());
          });

  /** The later one, and at equal times the one with more subscribers. */
  Harvest newer(Harvest other) {
    if (millis != other.millis) return millis > other.millis ? this : other;
    return subs >= other.subs ? this : other;
  }

  /** Of 2017-08-02T19:06:20, in a fraction of what LocalDateTime.parse() takes. */
  private static long millisOf(String text) {
    long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
    long second = number(text, 11, 13) * 3600L + number(text, 14, 16) * 60L + number(text, 17, 19);
    return (day * 86_400 + second) * 1000;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
