using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Godwit.Floods.Support;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Floods;

/// <summary>Strangers who guess passwords, a thousand times a second.</summary>
public sealed class LoginFloods
{
    private const int BadPerSecond = 1_000;
    private const int Seconds = 2;
    private const int GoodUsers = 12;
    private const int Iterations = 210_000;
    private const byte Accepted = 0;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Transports => Support.Transports.All;

    [Theory, MemberData(nameof(Transports))]
    public async Task A_thousand_bad_logins_a_second_let_good_ones_in(string transport)
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.Path, "passwd");
        var users = Enumerable.Range(0, GoodUsers).Select(i => $"user{i}").ToList();
        await File.WriteAllLinesAsync(file, users.Select(user => $"{user}:{Hash($"secret of {user}")}"), TestContext.Current.CancellationToken);
        await using var broker = await BrokerProcess.StartAsync("--quiet", "--transport", transport, "--set", $"Authentication:PasswordFile={file}", "--set", "Authentication:WaitMsMax=500");
        Assert.Equal(Accepted, (await LogInAsync(broker, IPAddress.Loopback, "user0", "secret of user0")).Code);
        var before = ProcessTime.Of(broker.ProcessId);
        var started = Stopwatch.GetTimestamp();

        var attack = AttackAsync(broker, started);
        var (first, again) = (new List<double>(), new List<double>());
        foreach (var user in users.Skip(1))
        {
            await Task.Delay(TimeSpan.FromSeconds(Seconds) / GoodUsers, TestContext.Current.CancellationToken);
            first.Add(await MeasureAsync(broker, user));
            again.Add(await MeasureAsync(broker, user));
        }

        var (bad, accepted) = await attack;
        var elapsed = Stopwatch.GetElapsedTime(started);
        var processors = (ProcessTime.Of(broker.ProcessId).RunNs - before.RunNs) / 1e9 / elapsed.TotalSeconds;
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"{transport}: {bad} bad logins in {elapsed.TotalSeconds:0.0} s; {processors:0.00} processors; a good login {first.Order().ElementAt(first.Count / 2):0} ms (most {first.Max():0}), again {again.Order().ElementAt(again.Count / 2):0} ms (most {again.Max():0})");
        TestContext.Current.TestOutputHelper?.WriteLine(row);
        await File.AppendAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts")).FullName, "logins.md"), row + "\n", TestContext.Current.CancellationToken);

        Assert.Equal(0, accepted);
        Assert.True(bad > BadPerSecond, $"only {bad} bad logins were sent");
    }

    private static async Task<(int Count, int Accepted)> AttackAsync(BrokerProcess broker, long started)
    {
        var attacker = IPAddress.Parse("127.0.0.2");
        var logins = new List<Task<(byte? Code, double Ms)>>();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed.TotalSeconds < Seconds)
        {
            for (var due = elapsed.TotalSeconds * BadPerSecond; logins.Count < due;)
            {
                var number = logins.Count;
                logins.Add(LogInAsync(broker, attacker, number % 2 == 0 ? "user0" : $"nobody{number}", $"guess {number}"));
            }

            await Task.Delay(5);
        }

        var results = await Task.WhenAll(logins);
        return (results.Length, results.Count(result => result.Code == Accepted));
    }

    private static async Task<double> MeasureAsync(BrokerProcess broker, string user)
    {
        var (code, ms) = await LogInAsync(broker, IPAddress.Loopback, user, $"secret of {user}");
        Assert.Equal(Accepted, code);
        return ms;
    }

    /// <summary>One login; no code: closed without an answer.</summary>
    private static async Task<(byte? Code, double Ms)> LogInAsync(BrokerProcess broker, IPAddress from, string user, string password)
    {
        var started = Stopwatch.GetTimestamp();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Parse(broker.Address.Host), broker.Address.Port).WaitAsync(Patience);
            await socket.SendAsync(Connect(user, password));
            var answer = new byte[64];
            var count = await socket.ReceiveAsync(answer).WaitAsync(Patience);
            return (count >= 4 ? answer[3] : null, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (SocketException)
        {
            return (null, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static byte[] Connect(string user, string password)
    {
        var connect = new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            ClientId = Encoding.UTF8.GetBytes($"client-of-{user}"),
            CleanStart = true,
            HasUserName = true,
            UserName = Encoding.UTF8.GetBytes(user),
            HasPassword = true,
            Password = Encoding.UTF8.GetBytes(password),
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    private static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(12);
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA512, 64);
        return $"$7${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }
}
