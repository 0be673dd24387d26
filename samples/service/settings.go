package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Faults are what the service does wrong when it is told to, so that others can show that they notice.
type Faults struct {
	Crash        bool          // CRASH=1: ends at start
	CrashAfter   time.Duration // FAULT_CRASH_AFTER_SECONDS
	Unready      bool          // FAULT_UNREADY=1: never ready
	ErrorPercent int           // FAULT_ERROR_PERCENT: so many of a hundred requests under /v1 get 500, evenly spread
	Delay        time.Duration // FAULT_DELAY_MS: before each answer under /v1
	IgnoreTerm   bool          // FAULT_IGNORE_TERM=1: SIGTERM changes nothing, so only SIGKILL ends it
	Migration    string        // FAULT_MIGRATION=fail or hang
}

// Settings come from the environment alone, as the chart gives them.
type Settings struct {
	Address    string
	ReadyAfter time.Duration
	SecretsDir string
	Targets    []Target
	Faults     Faults
}

// number reads a whole number between 0 and most; what is none is an error, not a zero.
func number(getenv func(string) string, name string, most int, wrong *[]string) int {
	text := getenv(name)
	if text == "" {
		return 0
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 0 || value > most {
		*wrong = append(*wrong, fmt.Sprintf("%s=%q is no number from 0 to %d", name, text, most))
		return 0
	}
	return value
}

func readSettings(getenv func(string) string) (Settings, error) {
	var wrong []string
	seconds := func(name string) time.Duration {
		return time.Duration(number(getenv, name, 86400, &wrong)) * time.Second
	}
	settings := Settings{
		Address:    ":8080",
		ReadyAfter: seconds("READY_AFTER_SECONDS"),
		SecretsDir: "/mnt/secrets",
		Faults: Faults{
			Crash:        getenv("CRASH") == "1",
			CrashAfter:   seconds("FAULT_CRASH_AFTER_SECONDS"),
			Unready:      getenv("FAULT_UNREADY") == "1",
			ErrorPercent: number(getenv, "FAULT_ERROR_PERCENT", 100, &wrong),
			Delay:        time.Duration(number(getenv, "FAULT_DELAY_MS", 600000, &wrong)) * time.Millisecond,
			IgnoreTerm:   getenv("FAULT_IGNORE_TERM") == "1",
			Migration:    getenv("FAULT_MIGRATION"),
		},
	}
	if text := getenv("ADDRESS"); text != "" {
		settings.Address = text
	}
	if text := getenv("SECRETS_PATH"); text != "" {
		settings.SecretsDir = text
	}
	targets, err := readTargets(getenv)
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	settings.Targets = targets
	if len(wrong) > 0 {
		return settings, fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return settings, nil
}

func environment() (Settings, error) { return readSettings(os.Getenv) }
