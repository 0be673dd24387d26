package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

const bodyLimit = 4 << 20

// Server answers for one service of the platform. What it is given it counts and forgets.
type Server struct {
	settings Settings
	readyAt  time.Time
	now      func() time.Time
	stopping atomic.Bool
	requests atomic.Int64
	errors   atomic.Int64
	records  atomic.Int64
}

func newServer(settings Settings, now func() time.Time) *Server {
	return &Server{settings: settings, now: now, readyAt: now().Add(settings.ReadyAfter)}
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	switch {
	case s.stopping.Load():
		http.Error(w, "stopping", http.StatusServiceUnavailable)
	case s.settings.Faults.Unready:
		http.Error(w, "FAULT_UNREADY=1", http.StatusServiceUnavailable)
	case s.now().Before(s.readyAt):
		http.Error(w, "starting", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, "ready")
	}
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func (s *Server) score(w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("text")
	if text == "" {
		http.Error(w, "the parameter text is missing", http.StatusBadRequest)
		return
	}
	answer(w, http.StatusOK, map[string]any{"text": text, "score": score(text)})
}

// take counts the lines of JSON that it is sent; one wrong line and none of them counts.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	lines := bufio.NewScanner(http.MaxBytesReader(w, r.Body, bodyLimit))
	lines.Buffer(make([]byte, 0, 4096), 1<<20)
	count := int64(0)
	for lines.Scan() {
		if !json.Valid(lines.Bytes()) {
			http.Error(w, fmt.Sprintf("line %d is no JSON", count+1), http.StatusBadRequest)
			return
		}
		count++
	}
	if err := lines.Err(); err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	answer(w, http.StatusAccepted, map[string]any{"taken": count, "total": s.records.Add(count)})
}

func (s *Server) connections(w http.ResponseWriter, r *http.Request) {
	type line struct {
		Name  string `json:"name"`
		Kind  string `json:"kind"`
		OK    bool   `json:"ok"`
		Error string `json:"error,omitempty"`
	}
	lines := make([]line, len(s.settings.Targets))
	done := make(chan int)
	for index, target := range s.settings.Targets {
		go func() {
			lines[index] = line{Name: target.Name, Kind: target.Kind, OK: true}
			if err := connect(r.Context(), target); err != nil {
				lines[index].OK, lines[index].Error = false, err.Error()
			}
			done <- index
		}()
	}
	status := http.StatusOK
	for range s.settings.Targets {
		if !lines[<-done].OK {
			status = http.StatusBadGateway
		}
	}
	answer(w, status, lines)
}

func (s *Server) secrets(w http.ResponseWriter, _ *http.Request) {
	found, err := fingerprints(s.settings.SecretsDir)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, found)
}

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintf(w, "# TYPE sample_requests_total counter\nsample_requests_total %d\n", s.requests.Load())
	fmt.Fprintf(w, "# TYPE sample_errors_total counter\nsample_errors_total %d\n", s.errors.Load())
	fmt.Fprintf(w, "# TYPE sample_records_total counter\nsample_records_total %d\n", s.records.Load())
}

// faulty puts the faults before an endpoint. Errors are spread evenly and by count, so that a test knows how many come.
func (s *Server) faulty(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, percent := s.requests.Add(1), int64(s.settings.Faults.ErrorPercent)
		if delay := s.settings.Faults.Delay; delay > 0 {
			select {
			case <-time.After(delay):
			case <-r.Context().Done():
				return
			}
		}
		if number*percent/100 > (number-1)*percent/100 {
			s.errors.Add(1)
			http.Error(w, "FAULT_ERROR_PERCENT", http.StatusInternalServerError)
			return
		}
		next(w, r)
	}
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, version) })
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /v1/score", s.faulty(s.score))
	mux.HandleFunc("POST /v1/records", s.faulty(s.take))
	mux.HandleFunc("POST /v1/events", s.faulty(s.take))
	mux.HandleFunc("GET /v1/connections", s.faulty(s.connections))
	mux.HandleFunc("GET /v1/secrets", s.faulty(s.secrets))
	return mux
}
