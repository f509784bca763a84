using Godwit.House.Metadata;
using Godwit.House.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Godwit.House;

public sealed class PurityTests
{
    [Theory]
    [InlineData("Godwit.Protocol.dll")]
    [InlineData("Godwit.Broker.dll")]
    public void The_core_has_no_clock_randomness_task_thread_lock_socket_or_file(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly));

        Violations.None(PurityRule.Check(AssemblyReferences.Of(file)));
    }

    [Fact]
    public void Every_exception_is_needed()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Godwit.Broker.dll"));

        Violations.None(PurityRule.CheckExceptions(AssemblyReferences.Of(file)));
    }

    [Fact]
    public void The_rule_sees_an_exception_that_is_not_needed() =>
        Assert.Equal(PurityRule.Exceptions.Count, PurityRule.CheckExceptions([]).Count());

    [Theory]
    [InlineData("object P() => System.DateTime.UtcNow;", "System.DateTime::get_UtcNow")]
    [InlineData("object P() => System.DateTimeOffset.Now;", "System.DateTimeOffset::get_Now")]
    [InlineData("object P() => System.Diagnostics.Stopwatch.GetTimestamp();", "System.Diagnostics.Stopwatch")]
    [InlineData("object P() => System.TimeProvider.System;", "System.TimeProvider")]
    [InlineData("object P() => System.Environment.TickCount64;", "System.Environment::get_TickCount64")]
    [InlineData("object P() => System.Random.Shared.Next();", "System.Random")]
    [InlineData("object P() => System.Guid.NewGuid();", "System.Guid::NewGuid")]
    [InlineData("object P() => System.Security.Cryptography.RandomNumberGenerator.GetInt32(7);", "System.Security.Cryptography.RandomNumberGenerator")]
    [InlineData("async System.Threading.Tasks.Task P() => await System.Threading.Tasks.Task.Yield();", "System.Threading.Tasks.Task")]
    [InlineData("void P() { new System.Threading.Thread(P).Start(); }", "System.Threading.Thread")]
    [InlineData("void P() { lock (this) { } }", "System.Threading.Monitor")]
    [InlineData("readonly System.Threading.Lock _lock = new();", "System.Threading.Lock")]
    [InlineData("int _n; void P() => System.Threading.Interlocked.Increment(ref _n);", "System.Threading.Interlocked")]
    [InlineData("volatile bool _b;", "System.Runtime.CompilerServices.IsVolatile")]
    [InlineData("void P(System.Collections.Concurrent.ConcurrentDictionary<int, int> d) { }", "System.Collections.Concurrent.ConcurrentDictionary`2")]
    [InlineData("System.Collections.Generic.List<System.IO.Stream> _list;", "System.IO.Stream")]
    [InlineData("object P() => typeof(System.Net.Sockets.Socket);", "System.Net.Sockets.Socket")]
    [InlineData("object P() => System.IO.File.ReadAllText(\"a\");", "System.IO.File")]
    [InlineData("void P() { System.Func<string> f = () => System.Console.ReadLine(); f(); }", "System.Console")]
    [InlineData("class N { object P() => System.DateTime.Now; }", "System.DateTime::get_Now")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid();", "native libc")]
    public void The_rule_sees_what_does_not_belong_into_the_core(string member, string used) =>
        Assert.Contains($"Godwit.Broker.Sample uses {used}", Check("Godwit.Broker", "Sample", member));

    [Theory]
    [InlineData("object P() => System.DateTime.UnixEpoch + System.TimeSpan.FromSeconds(1);")]
    [InlineData("System.Collections.Generic.IEnumerable<int> P() { yield return 1; }")]
    [InlineData("System.Net.IPEndPoint P(System.Net.IPAddress a) => new(a, 1);")]
    [InlineData("object P() => System.Guid.Empty;")]
    [InlineData("void P() { switch (P(1)) { case 1: case 2: case 3: case 4: P(2); break; } } long P(long n) => n switch { 7L => long.MaxValue, _ => (long)2.5 };")]
    public void The_rule_leaves_alone_what_is_only_data(string member) =>
        Assert.Empty(Check("Godwit.Broker", "Sample", member));

    [Theory]
    [InlineData("Godwit.Broker.Routing", "TopicTree", 0)]
    [InlineData("Godwit.Broker.Messages", "MessagePool", 0)]
    [InlineData("Godwit.Broker.Routing", "TopicTreeOfSomebody", 1)]
    [InlineData("Godwit.Broker", "TopicTree", 1)]
    public void Only_what_shards_share_may_synchronise(string space, string name, int violations) =>
        Assert.Equal(violations, Check(space, name, "int _n; int P() => System.Threading.Volatile.Read(ref _n);").Select(text => text.Split("::")[0]).Distinct().Count());

    [Fact]
    public void What_may_synchronise_may_still_not_wait_or_sleep() =>
        Assert.NotEmpty(Check("Godwit.Broker.Routing", "TopicTree", "void P() => System.Threading.Thread.Sleep(1);"));

    private static List<string> Check(string space, string name, string member)
    {
        using var assembly = Compile($"namespace {space};\nclass {name}\n{{\n{member}\n}}");
        return [.. PurityRule.Check(AssemblyReferences.Of(assembly))];
    }

    private static MemoryStream Compile(string text)
    {
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(text)], framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        stream.Position = 0;
        return stream;
    }
}
