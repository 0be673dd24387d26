package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// Record is one made-up news item about one made-up company.
type Record struct {
	ID        string  `json:"id"`
	Time      string  `json:"time"`
	Ticker    string  `json:"ticker"`
	Source    string  `json:"source"`
	Headline  string  `json:"headline"`
	Sentiment float64 `json:"sentiment"`
	TestData  bool    `json:"test_data"`
}

var (
	tickers = []string{"AAAX", "BOLT", "CRUX", "DYNE", "ECHO", "FLUX", "GRIT", "HALO"}
	sources = []string{"wire", "filing", "forum", "analyst"}
	stories = []struct {
		text       string
		hundredths int
	}{
		{"%s reports record growth", 90}, {"%s shares rise after upgrade", 60}, {"%s results beat what was expected", 70}, {"%s opens an office", 10},
		{"%s names a new director", 0}, {"%s shares fall", -50}, {"%s gives a profit warning", -80}, {"%s at risk of default", -90},
	}
)

// Generator makes the same records for the same seed, on every machine and with every version of Go: the sequence of PCG is
// fixed by its specification, and how a number is drawn from it is written down here.
type Generator struct {
	source *rand.PCG
	time   time.Time
	number int
}

func newGenerator(seed uint64, start time.Time) *Generator {
	return &Generator{source: rand.NewPCG(seed, 0x53656e74696d61), time: start}
}

// draw is a number below n, for small n.
func (g *Generator) draw(n int) int { return int((g.source.Uint64() >> 32) * uint64(n) >> 32) }

func (g *Generator) next() Record {
	g.number++
	g.time = g.time.Add(time.Duration(1+g.draw(600)) * time.Second)
	ticker, story := tickers[g.draw(len(tickers))], stories[g.draw(len(stories))]
	return Record{
		ID:        fmt.Sprintf("test-%08d-%08x", g.number, g.source.Uint64()>>32),
		Time:      g.time.UTC().Format(time.RFC3339),
		Ticker:    ticker,
		Source:    sources[g.draw(len(sources))],
		Headline:  fmt.Sprintf(story.text, ticker),
		Sentiment: float64(story.hundredths+g.draw(11)-5) / 100,
		TestData:  true,
	}
}

// write puts count records out, one JSON object a line.
func (g *Generator) write(out io.Writer, count int) error {
	encoder := json.NewEncoder(out)
	for range count {
		if err := encoder.Encode(g.next()); err != nil {
			return err
		}
	}
	return nil
}
