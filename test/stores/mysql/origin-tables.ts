/** The tables of the project that freshet's daily and monthly rows come from. */
export const ORIGIN_DAILY =
  'CREATE TABLE yt_daily (harvest_ts DATETIME, channel VARCHAR(100), date DATETIME, subs INT, PRIMARY KEY (channel, date))';
export const ORIGIN_MONTHLY =
  'CREATE TABLE yt_monthly (harvest_ts DATETIME, channel VARCHAR(100), year_and_month VARCHAR(10), subs INT, PRIMARY KEY (channel, year_and_month))';
