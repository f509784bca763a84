using System.Net;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>A broker with the listeners of a test; what it logs can be read.</summary>
internal sealed class ListenServer : IAsyncDisposable
{
    private readonly LogKeeper _log;

    private ListenServer(GodwitServer server, LogKeeper log) => (Server, _log) = (server, log);

    public GodwitServer Server { get; }

    public IReadOnlyList<string> Log => _log.Lines;

    public IPEndPoint this[int listener] => Server.Listeners[listener].EndPoint;

    public static Task<ListenServer> StartAsync(params ListenerOptions[] listeners) => StartAsync(new ServerSecurity(), _ => { }, listeners);

    public static async Task<ListenServer> StartAsync(ServerSecurity security, Action<ServerOptions> configure, params ListenerOptions[] listeners)
    {
        var options = new ServerOptions { Shards = 2 };
        foreach (var listener in listeners)
        {
            options.Listeners.Add(listener);
        }

        configure(options);
        var log = new LogKeeper();
        return new ListenServer(await GodwitServer.StartAsync(options, log, security), log);
    }

    /// <summary>A listener on one free port of 127.0.0.1.</summary>
    public static ListenerOptions Plain() => new() { Port = 0, Addresses = [IPAddress.Loopback] };

    public static ListenerOptions Tls(Action<TlsOptions>? configure = null)
    {
        var options = Plain();
        options.Tls = new TlsOptions { CertificateFile = Pki.Instance.At("server.pem"), KeyFile = Pki.Instance.At("server.key") };
        configure?.Invoke(options.Tls);
        return options;
    }

    public static ListenerOptions WebSocket(Action<ListenerOptions>? configure = null)
    {
        var options = Plain();
        options.Protocol = ListenerProtocol.WebSocket;
        configure?.Invoke(options);
        return options;
    }

    public Task LogsAsync(string text) => Eventually.IsTrueAsync(() => Log.Any(line => line.Contains(text, StringComparison.Ordinal)), $"a line with '{text}'; there are: {string.Join(Environment.NewLine, Log)}");

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
