using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Acl;

/// <summary>Debian's mosquitto with many ACL files, a listener for each, and one listener without any.</summary>
internal sealed class MosquittoReference : IDisposable
{
    private const int InFlightMax = 20;         // what mosquitto takes at once
    private static readonly string Program = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto" }.FirstOrDefault(File.Exists) ?? "";

    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-mosquitto-").FullName;
    private readonly int[] _ports;
    private readonly int _openPort;
    private Process? _process;

    private MosquittoReference(int count)
    {
        var held = Enumerable.Range(0, count + 1).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        held.ForEach(listener => listener.Start());
        var ports = held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        held.ForEach(listener => listener.Dispose());
        (_ports, _openPort) = (ports[1..], ports[0]);
    }

    /// <summary>Starts it, or skips the test when it is not installed.</summary>
    /// <param name="files">Texts of ACL files.</param>
    /// <param name="users">Who may log in, without a colon; the password of all is <c>x</c>.</param>
    public static async Task<MosquittoReference> StartAsync(IReadOnlyList<string> files, IEnumerable<string> users)
    {
        Assert.SkipUnless(Program.Length > 0, "mosquitto is not installed");
        var mosquitto = new MosquittoReference(files.Count);
        await mosquitto.RunAsync(files, users);
        return mosquitto;
    }

    /// <summary>Does it grant a client to publish to topics? One answer for each.</summary>
    public async Task<bool[]> PublishesAsync(int file, string clientId, string? userName, IReadOnlyList<string> topics)
    {
        using var client = await ConnectAsync(_ports[file], clientId, userName);
        return await PublishAsync(client, topics);
    }

    /// <summary>Which topics does a client receive that has subscribed to everything?</summary>
    public async Task<bool[]> ReceivesAsync(int file, string clientId, string? userName, IReadOnlyList<string> topics)
    {
        using var client = await ConnectAsync(_ports[file], clientId, userName);
        await client.SubscribeAsync("#");
        await client.SubscribeAsync("$x/#");
        using (var publisher = await ConnectAsync(_openPort, "publisher", userName: null))
        {
            Assert.DoesNotContain(false, await PublishAsync(publisher, topics));
        }

        await client.SendAsync(Bytes.Pingreq());        // its answer comes behind everything that was published
        var received = new HashSet<string>(StringComparer.Ordinal);
        for (var packet = await client.ReceiveAsync(); packet.Type != PacketType.Pingresp; packet = await client.ReceiveAsync())
        {
            received.Add(packet.Text()[..^1]);
        }

        return [.. topics.Select(received.Contains)];
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<RawClient> ConnectAsync(int port, string clientId, string? userName)
    {
        var client = await RawClient.OpenAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync(Connect(clientId, userName));
        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        return client;
    }

    private static byte[] Connect(string clientId, string? userName)
    {
        var connect = new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            CleanStart = true,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            HasUserName = userName is not null,
            UserName = Encoding.UTF8.GetBytes(userName ?? ""),
            HasPassword = userName is not null,
            Password = "x"u8,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    private static async Task<bool[]> PublishAsync(RawClient client, IReadOnlyList<string> topics)
    {
        var granted = new List<bool>();
        foreach (var some in topics.Chunk(InFlightMax))
        {
            await client.SendAsync([.. some.Select((topic, i) => Bytes.Publish(topic, default, QoS.AtLeastOnce, (ushort)(i + 1)))]);
            for (var i = 0; i < some.Length; i++)
            {
                var puback = await client.ReceiveAsync();
                Assert.Equal(PacketType.Puback, puback.Type);
                granted.Add(puback.Body.Length < 3 || puback.Body[2] < 0x80);
            }
        }

        return [.. granted];
    }

    private async Task RunAsync(IReadOnlyList<string> files, IEnumerable<string> users)
    {
        var configuration = new StringBuilder($"per_listener_settings true\nset_tcp_nodelay true\npersistence false\nlog_dest none\n{(Environment.IsPrivilegedProcess ? "user root\n" : "")}");
        configuration.Append($"listener {_openPort} 127.0.0.1\nallow_anonymous true\n");
        var passwords = Write("passwords", string.Concat(users.Select(user => $"{user}:x\n")));
        using (var hashing = Process.Start("mosquitto_passwd", ["-U", passwords]))
        {
            await hashing.WaitForExitAsync();
            Assert.Equal(0, hashing.ExitCode);
        }

        for (var i = 0; i < files.Count; i++)
        {
            configuration.Append($"listener {_ports[i]} 127.0.0.1\nallow_anonymous true\npassword_file {passwords}\nacl_file {Write($"acl{i}", files[i])}\n");
        }

        _process = Process.Start(new ProcessStartInfo(Program, ["-c", Write("conf", configuration.ToString())]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await Eventually.IsTrueAsync(() => IsListening(_ports[^1]) || _process.HasExited, "mosquitto listens");
        Assert.False(_process.HasExited, "mosquitto does not take these files");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static bool IsListening(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
