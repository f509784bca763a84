using System.Net.Sockets;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>What SIGHUP does to <c>godwit serve</c> as a process.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-reload-");

    public static bool IsLinux => OperatingSystem.IsLinux();

    private string Main => PathOf("godwit.json");

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task SIGHUP_reads_the_file_again_and_keeps_every_connection()
    {
        File.WriteAllText(Main, """{ "Listeners": [ { "Port": 0 } ], "Store": { "Durability": "memory" } }""");
        using var godwit = await GodwitProcess.ServeAsync("-c", Main);
        using var before = MqttSocket.Connect(godwit.Port, "before");

        File.WriteAllText(Main, """{ "Listeners": [ { "Port": 0 } ], "Store": { "Durability": "memory" }, "Limits": { "ConnectionsMax": 1, "PacketSizeBytesMax": 5000 } }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("reload: Limits:ConnectionsMax: 0 -> 1");
        await godwit.PrintsAsync("takes a restart, the old value holds until then: Limits:PacketSizeBytesMax: 2000000 -> 5000");

        before.Send(0xC0, 0x00);
        Assert.Equal([0xD0, 0x00], before.Receive());
        using var refused = MqttSocket.Open(godwit.Port);
        refused.SendConnect("refused");
        Assert.Equal(0x89, refused.Receive()[3]);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task Who_is_taken_out_of_the_password_file_is_cut_off_and_nobody_else()
    {
        const string Rest = """ "Listeners": [ { "Port": 0 } ], "Store": { "Durability": "memory" } """;
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-c", "-b", PathOf("users"), "alice", "a")).ExitCode);
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-b", PathOf("users"), "bob", "b")).ExitCode);
        File.WriteAllText(Main, $$"""{ {{Rest}} }""");
        using var godwit = await GodwitProcess.ServeAsync("-c", Main);
        using var anonymous = MqttSocket.Connect(godwit.Port, "anonymous");

        File.WriteAllText(PathOf("next.json"), $$"""{ {{Rest}}, "Authentication": { "PasswordFile": "users" } }""");
        var plan = await GodwitProcess.RunAsync("config", "plan", PathOf("next.json"), "-c", Main);
        Assert.Contains("A reload would drop the connections of: anonymous clients on port 0 of this machine only. All others stay.", plan.Output);
        File.Copy(PathOf("next.json"), Main, overwrite: true);
        godwit.Signal("HUP");
        IsNotAuthorized(anonymous.Receive());

        using var alice = MqttSocket.Open(godwit.Port);
        alice.SendConnect("one", "alice", "a");
        Assert.Equal(0, alice.Receive()[3]);
        using var bob = MqttSocket.Open(godwit.Port);
        bob.SendConnect("two", "bob", "b");
        Assert.Equal(0, bob.Receive()[3]);
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-D", PathOf("users"), "bob")).ExitCode);
        godwit.Signal("HUP");
        IsNotAuthorized(bob.Receive());
        alice.Send(0xC0, 0x00);
        Assert.Equal([0xD0, 0x00], alice.Receive());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals"), Spec("Hostile-47")]
    public async Task A_reload_that_fails_leaves_the_broker_as_it_was_and_says_why()
    {
        File.WriteAllText(Main, """{ "Limits": { "ConnectionsMax": 5 } }""");
        using var godwit = await GodwitProcess.ServeAsync("-c", Main, "--durability", "memory");
        using var before = MqttSocket.Connect(godwit.Port, "before");

        File.WriteAllText(Main, """{ "Limits": { "ConnectionsMax": 1 }, "Broker": { "OverflowPolicy": "Perhaps" } }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("reload (SIGHUP) failed, the configuration stays as it was:");
        await godwit.PrintsAsync("Broker:OverflowPolicy takes RefuseNewest or DropOldest");

        before.Send(0xC0, 0x00);
        Assert.Equal([0xD0, 0x00], before.Receive());
        using var another = MqttSocket.Connect(godwit.Port, "another");
    }

    /// <summary>Connections do not get the last descriptors: a reload needs some to read its files, and the runtime to start a thread.</summary>
    [Fact(SkipUnless = nameof(IsLinux), Skip = "limits descriptors with ulimit"), Spec("Hostile-47")]
    public async Task A_crowd_that_takes_all_descriptors_of_connections_leaves_a_reload_its_own()
    {
        const string Rest = """ "Listeners": [ { "Port": 0 } ], "Store": { "Durability": "memory" } """;
        File.WriteAllText(Main, $$"""{ {{Rest}}, "Acl": { "Rules": [ { "Allow": ["all"], "Topics": ["a"] } ] } }""");
        using var godwit = GodwitProcess.StartByShell($"ulimit -n 220; exec \"$0\" serve -p 0 -c '{Main}'");
        await godwit.PrintsAsync("mqtt  127.0.0.1:");
        using var before = MqttSocket.Connect(godwit.Port, "before");
        var crowd = Enumerable.Range(0, 220).Select(_ => MqttSocket.Open(godwit.Port)).ToList();
        await godwit.PrintsAsync("cannot accept connections");

        File.WriteAllText(Main, $$"""{ {{Rest}}, "Unknown": 1 }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("Unknown is not a setting");
        Assert.Equal(0x87, SubackOf(before, "b"));          // the rules hold

        File.WriteAllText(Main, $$"""{ {{Rest}}, "Limits": { "ConnectionsMax": 1 } }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("reload: Limits:ConnectionsMax: 0 -> 1");
        Assert.Equal(0x00, SubackOf(before, "b"));

        crowd.ForEach(socket => socket.Dispose());
        using var refused = MqttSocket.Open(godwit.Port);
        refused.SendConnect("refused");
        Assert.Equal(0x89, refused.Receive()[3]);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task SIGHUP_opens_and_closes_listeners_and_brings_users()
    {
        const string Memory = """ "Store": { "Durability": "memory" } """;
        File.WriteAllText(Main, $$"""{ "Listeners": [ { "Port": 0 } ], {{Memory}} }""");
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-c", "-b", PathOf("users"), "alice", "wonderland")).ExitCode);
        using var godwit = GodwitProcess.Start("serve", "-c", Main);        // without -p, which is about the only listener
        await godwit.PrintsAsync("mqtt  127.0.0.1:");
        using var before = MqttSocket.Connect(godwit.Port, "before");

        File.WriteAllText(Main, $$"""{ "Listeners": [ { "Port": 0 }, { "UnixPath": "door.sock" } ], "Authentication": { "PasswordFile": "users" }, {{Memory}} }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("door.sock: opened");
        IsNotAuthorized(before.Receive());

        using var anonymous = MqttSocket.Open(godwit.Port);
        anonymous.SendConnect("anonymous");
        Assert.Equal(0x87, anonymous.Receive()[3]);
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await door.ConnectAsync(new UnixDomainSocketEndPoint(PathOf("door.sock")), TestContext.Current.CancellationToken);

        File.WriteAllText(Main, $$"""{ "Listeners": [ { "Port": 0 } ], {{Memory}} }""");
        godwit.Signal("HUP");
        await godwit.PrintsAsync("door.sock: closed");
        Assert.Equal(0, await door.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.False(File.Exists(PathOf("door.sock")));
        using var free = MqttSocket.Connect(godwit.Port, "free");
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Subscribes; the reason code of SUBACK.</summary>
    private static byte SubackOf(MqttSocket client, string filter)
    {
        client.Send([0x82, (byte)(6 + filter.Length), 0, 1, 0, 0, (byte)filter.Length, .. System.Text.Encoding.ASCII.GetBytes(filter), 0]);
        return client.Receive()[^1];
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>DISCONNECT with 0x87.</summary>
    private static void IsNotAuthorized(byte[] packet) => Assert.Equal((0xE0, 0x87), (packet[0], packet[2]));
}
