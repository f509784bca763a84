using Godwit.Server.Configuration;
using Godwit.Server.Hosting;

namespace Godwit.Server.Tests.Configuration;

/// <summary>A reload: all of it or nothing.</summary>
public sealed class ConfigurationReloaderTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void What_is_hot_holds_at_once_and_what_is_not_is_said_and_stays()
    {
        var (running, reloader) = Start("""{ "Limits": { "SessionsMax": 1, "PacketSizeBytesMax": 1000 } }""");
        _files.Write("godwit.json", """{ "Limits": { "SessionsMax": 2, "PacketSizeBytesMax": 2000 }, "Broker": { "RelaxedTopics": ["a/"] } }""");

        var result = reloader.Reload();

        Assert.Null(result.Error);
        Assert.Equal(["Broker:RelaxedTopics: (none) -> a/", "Limits:SessionsMax: 1 -> 2"], result.Applied);
        Assert.Equal(["Limits:PacketSizeBytesMax: 1000 -> 2000"], result.Pending);
        Assert.Equal((2, 1000), (running.Limits.SessionsMax, running.Limits.PacketSizeBytesMax));
        Assert.Equal(["a/"u8.ToArray()], running.Settings.RelaxedTopics);
        Assert.Equal(["Limits:PacketSizeBytesMax: 1000 -> 2000"], reloader.Reload().Pending);
    }

    [Theory, Spec("Hostile-47")]
    [InlineData("""{ "Limits": { "SessionsMax": 2, "Unknown": 3 } }""", "godwit.json:1: Limits:Unknown is not a setting")]
    [InlineData("""{ "Limits": { "SessionsMax": 2 }""", "This is not JSON")]
    [InlineData("", "This is not JSON")]
    [InlineData(null, "There is no such file")]
    public void A_file_that_is_not_understood_changes_nothing(string? text, string error)
    {
        var (running, reloader) = Start("""{ "Limits": { "SessionsMax": 1 } }""");
        File.Delete(_files.Main);
        if (text is not null)
        {
            _files.Write("godwit.json", text);
        }

        var result = reloader.Reload();

        Assert.Contains(error, result.Error);
        Assert.Empty(result.Applied);
        Assert.Equal(1, running.Limits.SessionsMax);
    }

    /// <summary>Without a descriptor no file can be opened, and no thread be started, which the runtime calls no memory.</summary>
    [Theory, Spec("Hostile-47")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_source_that_cannot_be_read_at_all_changes_nothing(bool isFile)
    {
        var running = new ServerOptions();
        running.Limits.SessionsMax = 1;
        var reloader = new ConfigurationReloader(
            () => throw (isFile ? new IOException("Too many open files") : new InsufficientMemoryException("no thread")), running, []);

        var result = reloader.Reload();

        Assert.Contains(isFile ? "Too many open files" : "no thread", result.Error);
        Assert.False(result.IsDone);
        Assert.Equal(1, running.Limits.SessionsMax);
    }

    /// <summary>Steps: 0 and 1 prepare, 2 and 3 apply; what comes after the step that fails is never reached.</summary>
    [Theory, Spec("Hostile-47")]
    [InlineData(0, "a: prepare")]
    [InlineData(1, "a: prepare, b: prepare, a: dispose")]
    [InlineData(2, "a: prepare, b: prepare, a: apply, a: dispose, b: dispose")]
    [InlineData(3, "a: prepare, b: prepare, a: apply, b: apply, a: undo, a: dispose, b: dispose")]
    public void A_step_that_fails_takes_back_those_before_it(int failing, string expected)
    {
        var log = new List<string>();
        var a = new Part("a", log, failsToPrepare: failing == 0, failsToApply: failing == 2);
        var b = new Part("b", log, failsToPrepare: failing == 1, failsToApply: failing == 3);
        var (running, reloader) = Start("""{ "Limits": { "SessionsMax": 1 } }""", a, b);
        _files.Write("godwit.json", """{ "Limits": { "SessionsMax": 2 } }""");

        var result = reloader.Reload();

        Assert.StartsWith(failing is 0 or 2 ? "a: on purpose" : "b: on purpose", result.Error);
        Assert.Equal(expected, string.Join(", ", log));
        Assert.Equal(1, running.Limits.SessionsMax);
    }

    [Fact, Spec("Hostile-47")]
    public void A_part_that_fails_after_the_limits_have_changed_gives_them_back()
    {
        var running = new ServerOptions();
        running.Limits.SessionsMax = 1;
        var next = new ServerOptions();
        next.Limits.SessionsMax = 2;
        var step = new HotValues(running).Prepare(next, ConfigurationDifference.Between(running, next));

        step.Apply();
        Assert.Equal(2, running.Limits.SessionsMax);
        step.Undo();

        Assert.Equal(1, running.Limits.SessionsMax);
    }

    [Fact]
    public void Parts_are_asked_also_when_no_value_has_changed()
    {
        var log = new List<string>();
        var (_, reloader) = Start("{}", new Part("a", log, failsToPrepare: false, failsToApply: false));

        Assert.True(reloader.Reload().IsDone);

        Assert.Equal("a: prepare, a: apply, a: dispose", string.Join(", ", log));
    }

    [Fact]
    public void A_change_in_an_array_is_a_change_once()
    {
        var (_, reloader) = Start("{}");
        _files.Write("godwit.json", """{ "Acl": { "Rules": [ { "Allow": ["all"], "Topics": ["a/#"] } ] } }""");

        Assert.Contains("Acl:Rules:0:Topics: (none) -> a/#", reloader.Reload().Applied);
        Assert.Empty(reloader.Reload().Applied);
    }

    [Fact]
    public void Listeners_take_a_restart_where_nobody_opens_them()
    {
        var (running, reloader) = Start("""{ "Listeners": [ { "Port": 1885 } ] }""");
        _files.Write("godwit.json", """{ "Listeners": [ { "Port": 1886 } ] }""");

        Assert.Equal(["listener port 1885 of this machine only: closed", "listener port 1886 of this machine only: opened"], reloader.Reload().Pending);
        Assert.Equal([1885], running.Listeners.Select(listener => listener.Port));
    }

    public void Dispose() => _files.Dispose();

    private (ServerOptions Running, ConfigurationReloader Reloader) Start(string text, params IReadOnlyList<IReloadPart> parts)
    {
        var running = _files.Load(text).Options;
        return (running, new ConfigurationReloader(() => ConfigurationLoader.Load([new JsonSource(_files.Main)]), running, parts));
    }

    private sealed class Part(string name, List<string> log, bool failsToPrepare, bool failsToApply) : IReloadPart, IReloadStep
    {
        public string Name => name;

        public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
        {
            Say("prepare", failsToPrepare);
            return this;
        }

        public void Apply() => Say("apply", failsToApply);

        public void Undo() => Say("undo", isFailing: false);

        public void Dispose() => Say("dispose", isFailing: false);

        private void Say(string what, bool isFailing)
        {
            log.Add($"{name}: {what}");
            if (isFailing)
            {
                throw new IOException("on purpose");
            }
        }
    }
}
