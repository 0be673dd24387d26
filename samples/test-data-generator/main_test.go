package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func printed(t *testing.T, arguments ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), arguments, &out, 0); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// SIT-06: what comes of a seed is written down here, so that no machine, no Go and no change of ours makes other records unseen.
func TestTheSeedDecidesEveryByte(t *testing.T) {
	const want = "fe9267735162b41951557ae72de2bb38d56df0f45a2392585eeac7386626c6bb"
	one := printed(t, "--seed", "20260101", "--records", "1000")
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(one))); got != want {
		t.Errorf("%s; the first record is %s", got, strings.SplitN(one, "\n", 2)[0])
	}
	if one != printed(t, "--seed", "20260101", "--records", "1000") {
		t.Error("two runs differ")
	}
	if one == printed(t, "--seed", "20260102", "--records", "1000") {
		t.Error("two seeds make the same records")
	}
	if !strings.HasPrefix(one, printed(t, "--seed", "20260101", "--records", "10")) {
		t.Error("fewer records are not the first ones of more")
	}
}

func TestRecordsAreWholeAndSayWhatTheyAre(t *testing.T) {
	seen, before := map[string]bool{}, ""
	for _, line := range strings.Split(strings.TrimSpace(printed(t, "--records", "500")), "\n") {
		var record Record
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		if !record.TestData || record.Sentiment < -1 || record.Sentiment > 1 || !strings.Contains(record.Headline, record.Ticker) || !strings.HasPrefix(record.ID, "test-") {
			t.Errorf("%+v", record)
		}
		if seen[record.ID] || record.Time <= before {
			t.Errorf("id again, or time goes back: %+v", record)
		}
		seen[record.ID], before = true, record.Time
	}
	if len(seen) != 500 {
		t.Errorf("%d records", len(seen))
	}
}

// receiver counts lines and answers with the given statuses first.
func receiver(t *testing.T, statuses ...int) (string, *bytes.Buffer, *int) {
	t.Helper()
	var got bytes.Buffer
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if asked <= len(statuses) {
			w.WriteHeader(statuses[asked-1])
			return
		}
		_, _ = io.Copy(&got, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	return server.URL, &got, &asked
}

func TestPostedRecordsAreThePrintedOnes(t *testing.T) {
	url, got, asked := receiver(t)
	printed(t, "--seed", "7", "--records", "250", "--post", url)
	if got.String() != printed(t, "--seed", "7", "--records", "250") || *asked != 3 {
		t.Errorf("%d bytes in %d batches", got.Len(), *asked)
	}
}

func TestATroubledServerIsAskedAgainAndARefusalIsNot(t *testing.T) {
	url, got, _ := receiver(t, 503, 500)
	printed(t, "--records", "10", "--post", url)
	if got.String() != printed(t, "--records", "10") {
		t.Error("what was sent after two failures differs")
	}
	url, _, asked := receiver(t, 400)
	if err := run(context.Background(), []string{"--records", "10", "--post", url}, io.Discard, 0); err == nil || *asked != 1 {
		t.Errorf("%v after %d requests", err, *asked)
	}
	url, _, asked = receiver(t, 500, 500, 500, 500, 500, 500)
	if err := run(context.Background(), []string{"--records", "10", "--post", url}, io.Discard, 0); err == nil || !strings.Contains(err.Error(), "0 of 10") || *asked != attempts {
		t.Errorf("%v after %d requests", err, *asked)
	}
}

func TestAnEndStopsTheWaiting(t *testing.T) {
	url, _, _ := receiver(t, 500)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, []string{"--records", "10", "--post", url}, io.Discard, time.Hour); err == nil {
		t.Error("it went on")
	}
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	for _, arguments := range [][]string{{"--records", "0"}, {"--records", "10000001"}, {"--start", "yesterday"}, {"more"}, {"--seed", "-1"}} {
		if err := run(context.Background(), arguments, io.Discard, 0); err == nil {
			t.Errorf("%v were taken", arguments)
		}
	}
}
