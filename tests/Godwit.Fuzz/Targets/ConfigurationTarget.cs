using System.Text;
using Godwit.Server.Configuration;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// A configuration: whatever stands in the file and in the environment, it is understood, or refused with the number of a line or the name of a
/// variable; twice the same gives the same; and a secret in the wrong place is not repeated. An input is the text of a file; a line that begins
/// with <c>GODWIT_</c> is no part of it, but a variable, and one that begins with <c>--set</c> an option.
/// </summary>
internal sealed class ConfigurationTarget : TextTarget
{
    private const string Canary = "canary";
    private const string NoDirectory = "/nonexistent/godwit";

    private static readonly string[] Keys = [.. ConfigurationKeys.All.SelectMany(key => key.Path.Split(':')).Where(part => part is not "*").Distinct(StringComparer.Ordinal)];

    public override string Name => "configuration";

    /// <summary>A broker's options, and a message with the nearest name for each word.</summary>
    public override long AllocatedBytesMax(int inputSize) => 4_000_000 + (120_000L * inputSize);

    protected override IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ":", ",", "\"", "{ \"", "\": ", "\": \"", "\", \"", "\n", "\n", "// a\n", "/*", "*/", "null", "true", "false", "0", "-1", "1e3", "1.5", "99999999999999999999",
        "\"2MB\"", "\"30s\"", "2 MiB", "\\ud800", "\\u0000", "\uFEFF", "é", "GODWIT_", "\nGODWIT_Limits__SessionsMax=", "\nGODWIT_Listeners__0__Port=", "__", "--set ", "\n--set Limits:", "=",
        Canary, $"\"Token\": \"{Canary}\"", "\"$schema\"", .. Keys, .. Keys.Select(key => $"\"{key}\": "), .. Keys.Select(key => $"\n\"{key}\": {{ \""),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var (file, variables, options) = Split(input);
        var first = Load(file, variables, options);
        var second = Load(file, variables, options);

        var lines = file.Count(single => single == (byte)'\n') + 1;
        foreach (var message in first.Messages)
        {
            Require(message.Origin.Line >= 0 && message.Origin.Line <= lines, $"a message names a line that is not there: {message}");
            Require(message.Text.Length > 0 && !message.Text.Contains('\n', StringComparison.Ordinal), $"a message is not a line: {message}");
        }

        Require(first.Errors == second.Errors, "the same text gives other errors");
        Require(Text(first).SequenceEqual(Text(second), StringComparer.Ordinal), "the same text gives another configuration");
        Require(!Secrets(first).Any(line => line.Contains(Canary, StringComparison.Ordinal)), "a secret is shown");
    }

    private static LoadedConfiguration Load(byte[] file, Dictionary<string, string> variables, List<string> options) =>
        ConfigurationLoader.Load([new FileText(file), new EnvironmentSource(variables), new CommandLineSource(options, [])]);

    private static IEnumerable<string> Text(LoadedConfiguration loaded) => ConfigurationText.Lines(loaded, isWhole: true, hasOrigins: true);

    private static IEnumerable<string> Secrets(LoadedConfiguration loaded) =>
        Text(loaded).Where(line => ConfigurationKeys.Find(line[..line.IndexOf(" = ", StringComparison.Ordinal)], out _) is { IsSecret: true });

    private static (byte[] File, Dictionary<string, string> Variables, List<string> Options) Split(ReadOnlySpan<byte> input)
    {
        var file = new List<byte>();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var options = new List<string>();
        foreach (var range in input.Split((byte)'\n'))
        {
            var line = input[range];
            if (line.StartsWith("GODWIT_"u8))
            {
                var text = Encoding.UTF8.GetString(line).Split('=', 2);
                variables[text[0]] = text.Length > 1 ? text[1] : "";
            }
            else if (line.StartsWith("--set "u8))
            {
                options.Add(Encoding.UTF8.GetString(line[6..]));
            }
            else
            {
                file.AddRange(line);
                file.Add((byte)'\n');
            }
        }

        return ([.. file], variables, options);
    }

    /// <summary>Names of files lead nowhere.</summary>
    private sealed class FileText(byte[] text) : IConfigurationSource
    {
        public IReadOnlyList<string> Files => [];

        public ConfigurationInput Read()
        {
            var input = new ConfigurationInput();
            JsonFile.Read("godwit.json", text, NoDirectory, input);
            return input;
        }
    }
}
