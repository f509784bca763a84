using System.Net;
using System.Text.Json;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Browser;

/// <summary>A page with MQTT.js on a port of its own, and what a browser that opens it posts back.</summary>
public sealed class BrowserPage : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _script;

    /// <summary>Serves the page; skips the running test when MQTT.js is not there.</summary>
    public BrowserPage()
    {
        _script = Path.Combine(Repository.Interop, "node", "node_modules", "mqtt", "dist", "mqtt.min.js");
        Programs.RequireFile(_script, "npm package mqtt: run 'npm ci' in tests/Godwit.Interop/node");
        Origin = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add(Origin + "/");
        _listener.Start();
    }

    /// <summary>Scheme, address and port, as the browser says them in Origin.</summary>
    public string Origin { get; }

    /// <summary>The address of the page that talks to a broker.</summary>
    public string AddressFor(string brokerUrl) => $"{Origin}/page.html?url={Uri.EscapeDataString(brokerUrl)}";

    /// <summary>Answers requests until the page has posted its result.</summary>
    public async Task<JsonElement> ResultAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var context = await _listener.GetContextAsync().WaitAsync(cancellation);
            using var response = context.Response;
            switch (context.Request.Url!.AbsolutePath)
            {
                case "/page.html":
                    await SendAsync(response, Path.Combine(Repository.Interop, "node", "browser", "page.html"), "text/html", cancellation);
                    break;

                case "/mqtt.min.js":
                    await SendAsync(response, _script, "text/javascript", cancellation);
                    break;

                case "/result":
                    var result = await JsonDocument.ParseAsync(context.Request.InputStream, cancellationToken: cancellation);
                    return result.RootElement;

                default:
                    response.StatusCode = (int)HttpStatusCode.NotFound;
                    break;
            }
        }
    }

    public void Dispose() => _listener.Close();

    private static async Task SendAsync(HttpListenerResponse response, string file, string type, CancellationToken cancellation)
    {
        response.ContentType = type;
        await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(file, cancellation), cancellation);
    }
}
