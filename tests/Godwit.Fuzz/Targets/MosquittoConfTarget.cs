using System.Net;
using System.Text;
using Godwit.Server.Configuration;
using Godwit.Server.Mosquitto;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// The text of a <c>mosquitto.conf</c>: every line is mapped, or there is a message with its number; what was mapped is understood by the loader;
/// nothing else happens. Names of hosts are left out of an input, unless no host can have them: nobody is to be asked about them.
/// </summary>
internal sealed class MosquittoConfTarget : TextTarget
{
    private const int LongestHost = 255;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"godwit-fuzz-{Guid.NewGuid():N}.conf");

    public override string Name => "mosquitto-conf";

    public override long AllocatedBytesMax(int inputSize) => 4_000_000 + (40_000L * inputSize);

    protected override IReadOnlyList<string> Words { get; } =
    [
        "\n", "\n", "\n", " ", " ", "\t", "#", "\r\n", "true", "false", "0", "1", "-1", "1883", "65536", "127.0.0.1", "::1", "0.0.0.0", "all", "none", "é", "listener 1883\n", "listener 0 /x\n",
        "per_listener_settings true\n", "allow_anonymous ", "1h", "stdout", "topic a both 0", "99999999999999999999",
        .. MosquittoOptions.All.Where(option => option.Name is not "include_dir").Select(option => $"{option.Name} "),
    ];

    public override void Run(ReadOnlySpan<byte> whole)
    {
        var input = WithoutHosts(whole);
        var source = new MosquittoSource(_path);
        var loaded = Load(source, input);

        var lines = input.AsSpan().Count((byte)'\n') + 1;
        Require(source.Messages.All(message => message.Line >= 0 && message.Line <= lines), "a message names a line that is not there");
        Require(source.Messages.All(message => message.Text.Length > 0), "a message says nothing");
        Require(loaded.IsValid || loaded.Errors.Length > 0, "it is refused without a reason");
        Require(IsEverythingSaid(input, source), "a line that is no option is passed over");
    }

    private LoadedConfiguration Load(MosquittoSource source, ReadOnlySpan<byte> text)
    {
        try
        {
            File.WriteAllBytes(_path, text);
            return ConfigurationLoader.Load([source]);
        }
        finally
        {
            File.Delete(_path);
        }
    }

    private static byte[] WithoutHosts(ReadOnlySpan<byte> input)
    {
        var kept = new List<byte>();
        foreach (var range in input.Split((byte)'\n'))
        {
            var words = Encoding.UTF8.GetString(input[range]).Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            var host = words is ["bind_address", .., var last] ? last : words is ["listener", _, .., var name] ? name : "1.2.3.4";
            kept.AddRange(IPAddress.TryParse(host, out _) || host.Length > LongestHost || words.Length > 3 && host[0] == '/' ? input[range] : "# a host"u8);
            kept.Add((byte)'\n');
        }

        return [.. kept[..^1]];
    }

    /// <summary>A name that nobody knows has a message of its own.</summary>
    private static bool IsEverythingSaid(ReadOnlySpan<byte> input, MosquittoSource source)
    {
        var number = 0;
        foreach (var range in input.Split((byte)'\n'))
        {
            number++;
            var text = Encoding.UTF8.GetString(input[range]).Trim('\r').Trim(' ', '\t');
            var name = text.Split(' ', '\t')[0];
            if (text.Length > 0 && text[0] != '#' && MosquittoOptions.Find(name) is null && source.Messages.All(message => message.Line != number))
            {
                return false;
            }
        }

        return true;
    }
}
