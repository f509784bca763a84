using System.Net;
using System.Net.Sockets;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Listen;

/// <summary>Listeners that come, change and go under a running broker.</summary>
public sealed class ListenersReloadTests
{
    public static TheoryData<bool> Transports => [false, true];

    [Theory, MemberData(nameof(Transports))]
    public async Task A_listener_that_comes_is_served_and_one_that_goes_takes_only_its_own_clients_with_it(bool isEncrypted)
    {
        var (stays, goes, comes) = (ListenServer.Plain(), Listener(isEncrypted, FreePort()), Listener(isEncrypted, FreePort()));
        await using var server = await StartAsync(stays, goes);
        using var first = await RawClient.ConnectAsync(server.Listeners[0].EndPoint, "first");
        using var second = await OpenAsync(goes, isEncrypted);
        await second.ConnectAsync("second");

        Reload(server, Options(Again(stays), comes));

        var goodbye = await second.ReceiveAsync();
        Assert.True(goodbye.IsDisconnect(DisconnectReasonCode.AdministrativeAction));
        await second.ReceiveEndAsync();
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(goes, isEncrypted));
        using var third = await OpenAsync(comes, isEncrypted);
        await third.ConnectAsync("third");
        await first.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await first.ReceiveAsync()).Type);
        Assert.Equal([server.Listeners[0].EndPoint.Port, comes.Port], server.Listeners.Select(listener => listener.EndPoint.Port));

        Reload(server, Options(Again(stays), Again(goes)));        // and back: the next reload knows what is there

        using var fourth = await OpenAsync(goes, isEncrypted);
        await fourth.ConnectAsync("fourth");
        await first.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await first.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_listener_that_changes_keeps_its_clients_and_judges_new_ones_anew(bool isEncrypted)
    {
        var listener = Listener(isEncrypted, FreePort());
        await using var server = await StartAsync(listener);
        using var inside = await OpenAsync(listener, isEncrypted);
        await inside.ConnectAsync("inside");
        var next = Again(listener);
        next.Deny = [IPNetwork.Parse("127.0.0.0/8")];

        Reload(server, Options(next));

        using var refused = await RawClient.OpenAsync(new IPEndPoint(IPAddress.Loopback, listener.Port));
        await refused.ReceiveEndAsync();
        await AnswersAsync(inside);

        Reload(server, Options(Again(listener)));

        using var later = await OpenAsync(listener, isEncrypted);
        await later.ConnectAsync("later");
    }

    [Fact]
    public async Task A_listener_that_gets_TLS_is_opened_anew_at_its_place()
    {
        var port = FreePort();
        await using var server = await StartAsync(Listener(isEncrypted: false, port));
        using var plain = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), "plain");
        var next = Listener(isEncrypted: true, port);

        Reload(server, Options(next));

        Assert.True((await plain.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.AdministrativeAction));
        using var encrypted = await OpenAsync(next, isEncrypted: true);
        await encrypted.ConnectAsync("encrypted");
        Assert.True(Assert.Single(server.Listeners).IsEncrypted);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_reload_that_cannot_bind_leaves_everything_as_it_was(bool isEncrypted)
    {
        using var other = Occupy(IPAddress.Loopback, 0);
        var (stays, goes) = (Listener(isEncrypted, FreePort()), Listener(isEncrypted, FreePort()));
        await using var server = await StartAsync(stays, goes);
        using var first = await OpenAsync(stays, isEncrypted);
        await first.ConnectAsync("first");
        using var second = await OpenAsync(goes, isEncrypted);
        await second.ConnectAsync("second");
        var denying = Again(stays);
        denying.Deny = [IPNetwork.Parse("127.0.0.0/8")];

        var failure = Assert.Throws<ServerStartException>(() =>
            Reload(server, Options(denying, Listener(isEncrypted: false, FreePort()), Listener(isEncrypted: false, ((IPEndPoint)other.LocalEndPoint!).Port))));

        Assert.Contains("Another program uses port", failure.Message);
        Assert.Equal([stays.Port, goes.Port], server.Listeners.Select(listener => listener.EndPoint.Port));
        await AnswersAsync(first);
        await AnswersAsync(second);
        using var third = await OpenAsync(stays, isEncrypted);
        await third.ConnectAsync("third");
        using var fourth = await OpenAsync(goes, isEncrypted);
        await fourth.ConnectAsync("fourth");
    }

    /// <summary>The new listener has the old one's first address, and another program has its second.</summary>
    [Theory, MemberData(nameof(Transports))]
    public async Task A_listener_that_has_given_its_place_away_has_it_back_when_the_reload_fails_and_its_clients_notice_nothing(bool isEncrypted)
    {
        var port = FreePort();
        using var other = Occupy(IPAddress.Parse("127.0.0.2"), port);
        var listener = Listener(isEncrypted, port);
        await using var server = await StartAsync(listener);
        using var inside = await OpenAsync(listener, isEncrypted);
        await inside.ConnectAsync("inside");
        var wider = Again(listener);
        wider.Addresses = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];

        Assert.Throws<ServerStartException>(() => Reload(server, Options(wider)));

        await AnswersAsync(inside);
        using var later = await OpenAsync(listener, isEncrypted);
        await later.ConnectAsync("later");
        Assert.Equal(port, Assert.Single(server.Listeners).EndPoint.Port);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Until_all_of_a_reload_holds_it_can_be_taken_back_and_nobody_has_lost_anything(bool isEncrypted)
    {
        var (goes, comes) = (Listener(isEncrypted, FreePort()), Listener(isEncrypted, FreePort()));
        await using var server = await StartAsync(goes);
        using var client = await OpenAsync(goes, isEncrypted);
        await client.ConnectAsync("client");
        using var step = Prepare(server, Options(comes));

        step.Apply();
        using var early = await OpenAsync(comes, isEncrypted);
        await early.ConnectAsync("early");
        step.Undo();

        await AnswersAsync(client);
        using var another = await OpenAsync(goes, isEncrypted);
        await another.ConnectAsync("another");
        Assert.True((await early.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.AdministrativeAction));
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(comes, isEncrypted));
    }

    [Fact]
    public async Task A_limit_of_connections_that_comes_counts_those_who_are_there()
    {
        var listener = Listener(isEncrypted: false, FreePort());
        await using var server = await StartAsync(listener);
        using var first = await OpenAsync(listener, isEncrypted: false);
        await first.ConnectAsync("first");
        var next = Again(listener);
        next.ConnectionsMax = 1;

        Reload(server, Options(next));

        using var second = await OpenAsync(listener, isEncrypted: false);
        await second.ReceiveEndAsync();
        await AnswersAsync(first);
    }

    [Fact]
    public async Task Certificates_of_a_listener_that_changes_are_those_of_the_next_files()
    {
        var listener = Listener(isEncrypted: true, FreePort());
        await using var server = await StartAsync(listener);
        using var before = await OpenAsync(listener, isEncrypted: true);
        await before.ConnectAsync("before");
        var next = Again(listener);
        next.Tls = new TlsOptions
        {
            CertificateFile = listener.Tls!.CertificateFile, KeyFile = listener.Tls.KeyFile, ClientCaFile = Pki.Instance.At("ca.pem"), ClientCertificate = ClientCertificateMode.Required,
        };

        Reload(server, Options(next));

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var stranger = await OpenAsync(next, isEncrypted: true);
            await stranger.ConnectAsync("stranger");
        });
        await AnswersAsync(before);
    }

    [Fact]
    public async Task After_the_end_of_the_server_a_reload_fails()
    {
        var server = await StartAsync(Listener(isEncrypted: false, FreePort()));
        await server.StopAsync();

        Assert.Throws<ServerStartException>(() => Reload(server, Options(Listener(isEncrypted: false, FreePort()))));
    }

    private static async Task AnswersAsync(StreamClient client)
    {
        await client.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    private static Socket Occupy(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    private static Task<GodwitServer> StartAsync(params ListenerOptions[] listeners) => GodwitServer.StartAsync(Options(listeners), NullLoggerFactory.Instance);

    private static void Reload(GodwitServer server, ServerOptions next)
    {
        using var step = Prepare(server, next);
        step.Apply();
        step.Commit();
    }

    private static IReloadStep Prepare(GodwitServer server, ServerOptions next) =>
        server.ListenersReload.Prepare(next, ConfigurationDifference.Between(next, next))!;

    private static ServerOptions Options(params ListenerOptions[] listeners)
    {
        var options = new ServerOptions { Shards = 2 };
        foreach (var listener in listeners)
        {
            options.Listeners.Add(listener);
        }

        return options;
    }

    private static ListenerOptions Listener(bool isEncrypted, int port)
    {
        var listener = isEncrypted ? ListenServer.Tls() : ListenServer.Plain();
        listener.Port = port;
        return listener;
    }

    /// <summary>The same, as a configuration that is read once more has it.</summary>
    private static ListenerOptions Again(ListenerOptions listener) => new() { Port = listener.Port, Addresses = [.. listener.Addresses], Tls = listener.Tls };

    private static async Task<StreamClient> OpenAsync(ListenerOptions listener, bool isEncrypted)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, listener.Port);
        return isEncrypted ? new StreamClient(await StreamClient.OpenTlsAsync(endPoint)) : await StreamClient.OpenAsync(endPoint);
    }

    /// <summary>A reload compares ports, so these cannot be chosen by the system. Below those that it gives to clients.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // In use: another one.
            }
        }
    }
}
