using Godwit.Server.Configuration;
using Godwit.Server.Mosquitto;

namespace Godwit.Server.Tests.Mosquitto;

/// <summary>A <c>mosquitto.conf</c> in a directory of its own, and what it becomes.</summary>
internal sealed class MosquittoConf : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-mosquitto-").FullName;

    private MosquittoConf()
    {
    }

    internal ConfigurationInput Input { get; private set; } = null!;

    internal MosquittoSource Source { get; private set; } = null!;

    internal string MainFile => Path.Combine(_directory, "mosquitto.conf");

    /// <summary>Reads lines; <c>@</c> in them is the directory.</summary>
    internal static MosquittoConf Of(params string[] lines) => With(_ => { }, lines);

    /// <summary>The same beside other files.</summary>
    internal static MosquittoConf With(Action<string> prepare, params string[] lines)
    {
        var conf = new MosquittoConf();
        prepare(conf._directory);
        File.WriteAllText(conf.MainFile, string.Join('\n', lines).Replace("@", conf._directory, StringComparison.Ordinal) + "\n");
        conf.Source = new MosquittoSource(conf.MainFile);
        conf.Input = conf.Source.Read();
        return conf;
    }

    /// <summary>The value of a key, with semicolons between the elements of a list; null when nothing sets it.</summary>
    internal string? this[string key] => Assignment(key) is { } assignment ? string.Join(';', assignment.Values) : null;

    internal ConfigurationAssignment? Assignment(string key) =>
        Input.Assignments.LastOrDefault(assignment => assignment.Key.Equals(key, StringComparison.Ordinal));

    /// <summary>Errors as <c>line: text</c>.</summary>
    internal string[] Errors => [.. Texts(isError: true)];

    internal string[] Warnings => [.. Texts(isError: false)];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private IEnumerable<string> Texts(bool isError) =>
        Input.Messages.Where(message => message.IsError == isError).Select(message => $"{message.Origin.Line}: {message.Text}");
}
