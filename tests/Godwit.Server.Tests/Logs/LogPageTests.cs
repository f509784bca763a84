using System.Reflection;
using System.Text;
using Godwit.Server.Configuration;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Logs;

/// <summary>docs/logs.md. With the environment variable GODWIT_WRITE_DOCS=1 its tables are written anew instead of being complained about.</summary>
public sealed class LogPageTests
{
    private static readonly (MethodInfo Method, LoggerMessageAttribute Event)[] Events =
    [
        .. typeof(ServerLog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(pair => pair.Event is not null)
            .OrderBy(pair => pair.Event.EventId),
    ];

    [Fact]
    public void An_id_stands_for_one_event_for_ever()
    {
        Assert.True(Events.Length > 30);
        Assert.Empty(Events.GroupBy(pair => pair.Event.EventId).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(pair => pair.Method.Name))}"));
        Assert.All(Events, pair => Assert.True(pair.Event.EventId > 0, pair.Method.Name));
    }

    [Fact]
    public void Ids_that_a_format_or_filter_knows_are_those_of_the_events()
    {
        foreach (var known in Enum.GetValues<LogEvent>())
        {
            Assert.Equal(known.ToString(), Events.Single(pair => pair.Event.EventId == (int)known).Method.Name);
        }
    }

    [Fact]
    public void Nothing_is_written_for_each_message() =>
        Assert.DoesNotContain(Events, pair => pair.Event.Level < LogLevel.Debug);

    [Fact]
    public void The_page_has_every_event_and_every_option()
    {
        var path = Path.Combine(RepositoryFolder(), "docs", "logs.md");
        var page = File.ReadAllText(path);
        var written = Replace(Replace(page, "options", OptionTable()), "events", EventTable());
        if (Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, written);
            page = written;
        }

        Assert.True(page == written, "docs/logs.md is out of date: GODWIT_WRITE_DOCS=1 ./test Server writes it anew.");
    }

    private static string OptionTable()
    {
        var table = new StringBuilder("| Key | Default | Values | Mosquitto | Meaning |\n|---|---|---|---|---|\n");
        foreach (var key in ConfigurationKeys.All.Where(key => key.Section == "Log"))
        {
            table.Append($"| `{key.Path}` | {Code(key.Default)} | {key.Type.Values} | {Code(key.Mosquitto)} | {key.Meaning} |\n");
        }

        return table.ToString();
    }

    private static string EventTable()
    {
        var table = new StringBuilder("| Id | Name | Level | Line |\n|---|---|---|---|\n");
        foreach (var (method, info) in Events)
        {
            table.Append($"| {info.EventId} | {method.Name} | {info.Level.ToString().ToLowerInvariant()} | {info.Message} |\n");
        }

        return table.ToString();
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Replace(string page, string name, string table)
    {
        var begin = $"<!-- {name} -->\n";
        var start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var end = page.IndexOf($"<!-- end of {name} -->", start, StringComparison.Ordinal);
        return page[..start] + table + page[end..];
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
