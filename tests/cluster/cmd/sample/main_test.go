package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestScore(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "record growth": 1, "Loss, then gain.": 0, "profit warning": -1, "unknown": 0} {
		if got := score(text); got != want {
			t.Errorf("score(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestReadyOnlyAfterItsDelay(t *testing.T) {
	if code := get(t, handler(time.Now().Add(time.Hour)), "/readyz").Code; code != http.StatusServiceUnavailable {
		t.Errorf("before: %d", code)
	}
	if code := get(t, handler(time.Now().Add(-time.Second)), "/readyz").Code; code != http.StatusOK {
		t.Errorf("after: %d", code)
	}
}

func TestScoreNeedsText(t *testing.T) {
	h := handler(time.Time{})
	if code := get(t, h, "/v1/score").Code; code != http.StatusBadRequest {
		t.Errorf("without text: %d", code)
	}
	if body := get(t, h, "/v1/score?text=gain").Body.String(); !strings.Contains(body, `"score":1`) {
		t.Errorf("body: %s", body)
	}
}
