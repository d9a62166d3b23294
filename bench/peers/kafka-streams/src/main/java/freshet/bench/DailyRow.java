package freshet.bench;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.kafka.common.serialization.Serializer;

/** What is written: the newest harvest of a channel and day. */
record DailyRow(String channel, Harvest harvest) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");
  private static final int DAY_LENGTH = "2017-08-02".length();

  static final Serializer<DailyRow> TO_JSON = (topic, row) -> row.json().getBytes(StandardCharsets.UTF_8);

  /** As ["channel_755","2017-08-02"]. */
  String key() {
    return "[\"" + channel + "\",\"" + time().substring(0, DAY_LENGTH) + "\"]";
  }

  private String json() {
    String time = time();
    return "{\"yt_channel_id\":\"" + channel + "\",\"harvest_ts\":\"" + time
        + "\",\"date\":\"" + time.substring(0, DAY_LENGTH) + "\",\"subs\":" + harvest.subs() + "}";
  }

  private String time() {
    return LocalDateTime.ofEpochSecond(harvest.millis() / 1000, 0, ZoneOffset.UTC).format(TIME);
  }
}
