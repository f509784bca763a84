using System.Text;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>Weak hashes of a password file become strong ones when their users log in, if that is wanted.</summary>
public sealed class RehashTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly AuthWorld _world = new();

    [Fact]
    public async Task A_weak_hash_is_replaced_in_its_place_and_everything_else_stays()
    {
        var (weak, six, bob) = (Hash("a", 101), Sha512Hash.Create("s"u8).Encode(), Hash("b", Pbkdf2Hash.DefaultIterations));
        var path = File($"# first\nalice:{weak}\n\nsix:{six}\n# between\nbob:{bob}\ncarol:{Hash("c", 10)}\n");
        _world.Settings.Rehash = true;

        Assert.True((await _world.LogInAsync("alice", "a")).IsAccepted);
        Assert.True((await _world.LogInAsync("six", "s")).IsAccepted);
        Assert.True((await _world.LogInAsync("bob", "b")).IsAccepted);
        Assert.False((await _world.LogInAsync("carol", "wrong")).IsAccepted);
        await RewrittenAsync(path, text => !text.Contains(weak, StringComparison.Ordinal) && !text.Contains(six, StringComparison.Ordinal));

        var lines = await System.IO.File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(("# first", "", "# between", $"bob:{bob}"), (lines[0], lines[2], lines[4], lines[5]));
        Assert.StartsWith("alice:$7$210000$", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("six:$7$210000$", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("carol:$7$10$", lines[6], StringComparison.Ordinal);
        Assert.Equal(Mode, OperatingSystem.IsWindows() ? Mode : System.IO.File.GetUnixFileMode(path));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "*.new"));

        _world.Service.Reload(_world.Settings, [_world.Listener]);
        Assert.Empty(_world.Service.Departed);              // another hash of the same password
        Assert.True((await _world.LogInAsync("alice", "a")).IsAccepted);
        Assert.False((await _world.LogInAsync("alice", "b")).IsAccepted);
        Assert.DoesNotContain(_world.Log.Lines, line => line.Contains("$7$", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_rewritten_unless_it_is_wanted()
    {
        var path = File($"alice:{Hash("a", 101)}\n");
        var before = await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        Assert.True((await _world.LogInAsync("alice", "a")).IsAccepted);
        _world.Time.Advance(PasswordRehash.Pause);

        Assert.Equal(0, _world.Time.Waiting);
        Assert.Equal(before, await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_line_that_was_changed_meanwhile_stays()
    {
        var path = File($"alice:{Hash("a", 101)}\nbob:{Hash("b", 101)}\n");
        _world.Settings.Rehash = true;
        Assert.True((await _world.LogInAsync("alice", "a")).IsAccepted);
        Assert.True((await _world.LogInAsync("bob", "b")).IsAccepted);
        await Eventually.IsTrueAsync(() => _world.Time.Waiting == 1, "the pause");
        var changed = $"alice:{Hash("new", 102)}";
        File($"{changed}\nbob:{Hash("b", 101)}\n");         // another salt: another hash

        _world.Time.Advance(PasswordRehash.Pause);
        await Eventually.IsTrueAsync(() => _world.Time.Waiting == 0, "the end of the pause");

        Assert.StartsWith(changed, await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said_once_and_logins_go_on()
    {
        var path = File($"alice:{Hash("a", 101)}\nbob:{Hash("b", 101)}\n");
        _world.Settings.Rehash = true;
        Assert.True((await _world.LogInAsync("alice", "a")).IsAccepted);
        await Eventually.IsTrueAsync(() => _world.Time.Waiting == 1, "the pause");
        System.IO.File.Delete(path);
        Directory.CreateDirectory(path);                    // a directory stands there: root can write everything else

        _world.Time.Advance(PasswordRehash.Pause);

        await Eventually.IsTrueAsync(() => _world.Log.Lines.Any(line => line.StartsWith("Warning 213", StringComparison.Ordinal)), "a line");
        Assert.True((await _world.LogInAsync("bob", "b")).IsAccepted);
        Assert.Equal(0, _world.Time.Waiting);
        Directory.Delete(path);
    }

    public void Dispose() => _world.Dispose();

    private static string Hash(string password, int iterations) => Pbkdf2Hash.Create(Encoding.UTF8.GetBytes(password), iterations).Encode();

    private string File(string text)
    {
        var path = _world.Write("passwd", text);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, Mode);
        }

        _world.Settings.PasswordFile = path;
        return path;
    }

    private async Task RewrittenAsync(string path, Func<string, bool> isDone) => await Eventually.IsTrueAsync(
        () =>
        {
            _world.Time.Advance(PasswordRehash.Pause);
            return isDone(System.IO.File.ReadAllText(path));
        },
        "the file is rewritten");
}
