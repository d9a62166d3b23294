package main

import (
	"bytes"
	"fmt"
)

var (
	beforeChannel = []byte(`"yt_channel_id": "`)
	beforeTime    = []byte(`"harvest_ts": "`)
	beforeSubs    = []byte(`"subs": `)
)

const (
	dayLength  = len("2017-08-02")
	timeLength = len("2017-08-02T19:06:20")
)

// row is the newest record of a channel and day.
type row struct {
	channel, time, subs []byte
	isChanged           bool
}

type rows struct {
	// By channel and day, one behind the other.
	newest  map[string]*row
	changed []*row
	scratch []byte
}

func newRows() *rows {
	return &rows{newest: map[string]*row{}}
}

// add takes a record such as {"yt_channel_id": "channel_755", "harvest_ts": "2017-08-02T19:06:20", "subs": 3551671}.
func (rows *rows) add(value []byte) {
	channel, rest := textAfter(value, beforeChannel, '"')
	time, rest := textAfter(rest, beforeTime, '"')
	subs, _ := textAfter(rest, beforeSubs, '}')
	rows.scratch = append(append(rows.scratch[:0], channel...), time[:dayLength]...)
	newest := rows.newest[string(rows.scratch)]
	if newest == nil {
		newest = &row{channel: bytes.Clone(channel)}
		rows.newest[string(rows.scratch)] = newest
	} else if !isNewer(time, subs, newest) {
		return
	}
	newest.time = append(newest.time[:0], time...)
	newest.subs = append(newest.subs[:0], subs...)
	if !newest.isChanged {
		newest.isChanged = true
		rows.changed = append(rows.changed, newest)
	}
}

// textAfter gives what stands between a name and an end, and what follows.
func textAfter(value, name []byte, end byte) (text, rest []byte) {
	value = value[bytes.Index(value, name)+len(name):]
	at := bytes.IndexByte(value, end)
	return value[:at], value[at:]
}

// isNewer: the later time, and at equal times the greater count.
func isNewer(time, subs []byte, than *row) bool {
	if order := bytes.Compare(time, than.time); order != 0 {
		return order > 0
	}
	if len(subs) != len(than.subs) {
		return len(subs) > len(than.subs)
	}
	return bytes.Compare(subs, than.subs) > 0
}

// key is that of a row's record: ["channel_755","2017-08-02"].
func (row *row) key() []byte {
	return fmt.Appendf(nil, `["%s","%s"]`, row.channel, row.time[:dayLength])
}

func (row *row) value() []byte {
	return fmt.Appendf(nil, `{"yt_channel_id":"%s","harvest_ts":"%s","date":"%s","subs":%s}`,
		row.channel, row.time, row.time[:dayLength], row.subs)
}
