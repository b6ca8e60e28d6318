// The Go SDK, as a program would use it. Told and printing what ../report.ts says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

const (
	decisionKey = "dev.sallyport/decision"
	frameKey    = "dev.sallyport/frame"
)

type plan struct {
	URL   string  `json:"url"`
	Run   *string `json:"run"`
	Pages bool    `json:"pages"`
	Calls []struct {
		Tool string         `json:"tool"`
		Args map[string]any `json:"args"`
	} `json:"calls"`
}

type listedTool struct {
	Name  string `json:"name"`
	Typed bool   `json:"typed"`
}

type callReport struct {
	Tool     string  `json:"tool"`
	Failed   bool    `json:"failed"`
	Code     *string `json:"code"`
	Ticket   *string `json:"ticket"`
	Text     string  `json:"text"`
	Raised   bool    `json:"raised"`
	Boundary *string `json:"boundary"`
	Data     any     `json:"data"`
}

type report struct {
	Protocol string       `json:"protocol"`
	Tools    []listedTool `json:"tools"`
	Pages    []string     `json:"pages"`
	Calls    []callReport `json:"calls"`
}

// withHeaders sends the same headers with every request.
type withHeaders struct {
	headers map[string]string
	next    http.RoundTripper
}

func (w withHeaders) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	for name, value := range w.headers {
		request.Header.Set(name, value)
	}
	return w.next.RoundTrip(request)
}

func reportCall(ctx context.Context, session *mcp.ClientSession, tool string, args map[string]any) callReport {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return callReport{Tool: tool, Failed: true, Text: err.Error(), Raised: true}
	}
	var texts []string
	for _, block := range result.Content {
		if text, ok := block.(*mcp.TextContent); ok {
			texts = append(texts, text.Text)
		} else {
			texts = append(texts, "[other]")
		}
	}
	var code, ticket *string
	if decision, ok := result.Meta[decisionKey].(map[string]any); ok {
		if found, ok := decision["code"].(string); ok {
			code = &found
		}
		if found, ok := decision["ticket"].(string); ok {
			ticket = &found
		}
	}
	var boundary *string
	if found, ok := result.Meta[frameKey].(string); ok {
		boundary = &found
	}
	return callReport{
		Tool: tool, Failed: result.IsError, Code: code, Ticket: ticket, Text: strings.Join(texts, "\n"),
		Boundary: boundary, Data: result.StructuredContent,
	}
}

func main() {
	var told plan
	if len(os.Args) != 2 || json.Unmarshal([]byte(os.Args[1]), &told) != nil {
		log.Fatal("usage: client PLAN")
	}
	headers := map[string]string{}
	if token := os.Getenv("MATRIX_TOKEN"); token != "" {
		headers["Authorization"] = "Bearer " + token
	}
	if told.Run != nil {
		headers["Sallyport-Run"] = *told.Run
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	pages := []string{}
	var options *mcp.ClientOptions
	if told.Pages {
		options = &mcp.ClientOptions{
			Capabilities: &mcp.ClientCapabilities{
				Elicitation: &mcp.ElicitationCapabilities{URL: &mcp.URLElicitationCapabilities{}},
			},
			ElicitationHandler: func(_ context.Context, asked *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				if asked.Params.Mode != "url" {
					return nil, errors.New("a page was to be shown")
				}
				pages = append(pages, asked.Params.URL)
				return &mcp.ElicitResult{Action: "accept"}, nil
			},
		}
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "matrix-go", Version: "1.0.0"}, options)
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint:   told.URL,
		HTTPClient: &http.Client{Transport: withHeaders{headers, http.DefaultTransport}},
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	printed := report{Protocol: session.InitializeResult().ProtocolVersion, Tools: []listedTool{}, Calls: []callReport{}}
	for tool, err := range session.Tools(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		printed.Tools = append(printed.Tools, listedTool{tool.Name, tool.OutputSchema != nil})
	}
	for _, call := range told.Calls {
		printed.Calls = append(printed.Calls, reportCall(ctx, session, call.Tool, call.Args))
	}
	printed.Pages = pages
	if err := json.NewEncoder(os.Stdout).Encode(printed); err != nil {
		log.Fatal(err)
	}
	if err := session.Close(); err != nil {
		log.Print(err)
	}
}
