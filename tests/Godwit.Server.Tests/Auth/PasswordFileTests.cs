using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

[UnsupportedOSPlatform("windows")]
public sealed class PasswordFileTests : IDisposable
{
    private const string Hash = "$7$101$ESCUppJ69ko9B2cy$d+lLCxLkX6LS70LRE/FTymmY3fWQe9BjqfxzcYdrcbOyru2E9d+2dPpjU30iBHlIDBE1xZeRO9lTISIrsTVBkg==";

    private readonly AuthWorld _world = new();

    public static bool HasMosquitto => File.Exists("/usr/bin/mosquitto_passwd");

    [Fact]
    public void Comments_blank_lines_and_line_breaks_of_Windows_say_nothing()
    {
        var path = _world.Write("passwd", $"# users\r\n\r\nalice:{Hash}\r\n  \n  bob : {Hash} \nzoë ü:{Hash}");

        var file = PasswordFile.Read(path);

        Assert.Equal(["alice", "bob", "zoë ü"], file.Users.Keys);
    }

    [Fact, Spec("Row-46")]
    public void Every_mistake_is_named_with_file_and_line_and_without_the_password()
    {
        var path = _world.Write("passwd", $"alice:{Hash}\nno colon, canary-1\nbob:canary-2\n:{Hash}\nalice:{Hash}\ncarol:$7$101$AAAA$canary3\n");

        var errors = Assert.Throws<AuthenticationFileException>(() => PasswordFile.Read(path)).Errors;

        Assert.Equal(5, errors.Count);
        Assert.StartsWith($"{path}:2: there is no colon", errors[0]);
        Assert.StartsWith($"{path}:3: user \"bob\": the password is not hashed", errors[1]);
        Assert.StartsWith($"{path}:4: there is no user name", errors[2]);
        Assert.Equal($"{path}:5: user \"alice\" stands there twice", errors[3]);
        Assert.StartsWith($"{path}:6: user \"carol\": the salt", errors[4]);
        Assert.All(errors, error => Assert.DoesNotContain("canary", error));
    }

    [Fact, Spec("Row-46")]
    public void A_file_that_is_not_there_or_not_text_is_an_error_with_its_path()
    {
        var binary = _world.PathOf("binary");
        File.WriteAllBytes(binary, [0x61, 0x3A, 0xFF, 0xFE]);

        Assert.Contains(_world.PathOf("none"), Assert.Throws<AuthenticationFileException>(() => PasswordFile.Read(_world.PathOf("none"))).Message);
        Assert.Contains($"{binary}: the password file is not UTF-8", Assert.Throws<AuthenticationFileException>(() => PasswordFile.Read(binary)).Message);
    }

    [Theory(SkipUnless = nameof(HasMosquitto), Skip = "mosquitto_passwd is not installed")]
    [InlineData("sha512")]
    [InlineData("sha512-pbkdf2")]
    public void What_mosquitto_passwd_writes_is_read(string kind)
    {
        var path = _world.PathOf("passwd");
        using var process = Process.Start("/usr/bin/mosquitto_passwd", ["-H", kind, "-c", "-b", path, "zoë", "pass wörd"]);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));

        var file = PasswordFile.Read(path);

        Assert.True(file.Users["zoë"].Verify(Encoding.UTF8.GetBytes("pass wörd")));
        Assert.False(file.Users["zoë"].Verify("other"u8));
    }

    [Fact]
    public void Changing_a_user_keeps_comments_and_order_and_closes_the_file_to_others()
    {
        var path = _world.Write("passwd", $"# first\nalice:{Hash}\n\nbob:{Hash}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var editor = PasswordFileEditor.Open(path);

        editor.Set("alice", Sha512Hash.Create("new"u8));
        editor.Set("carol", Sha512Hash.Create("c"u8));
        Assert.True(editor.Remove("bob"));
        Assert.False(editor.Remove("nobody"));
        editor.Save();

        var lines = File.ReadAllLines(path);
        Assert.Equal(["# first", "alice", "", "carol"], lines.Select(line => line.Split(':')[0]));
        Assert.True(PasswordFile.Read(path).Users["alice"].Verify("new"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_new_file_is_its_owners_alone()
    {
        var editor = PasswordFileEditor.Create(_world.PathOf("new"));
        editor.Set("alice", Sha512Hash.Create("a"u8));

        editor.Save();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_world.PathOf("new")));
    }

    [Fact]
    public void A_file_of_plain_passwords_is_hashed_and_hashes_stay()
    {
        var path = _world.Write("passwd", $"# c\nalice:{Hash}\nbob:pa:ss\ncarol: blank \n");
        var editor = PasswordFileEditor.Open(path);

        Assert.Equal(2, editor.HashAll(password => Pbkdf2Hash.Create(password, 1)));
        editor.Save();

        var users = PasswordFile.Read(path).Users;
        Assert.True(users["bob"].Verify("pa:ss"u8));
        Assert.True(users["carol"].Verify(" blank "u8));
        Assert.Equal(Hash, users["alice"].Encode());
        Assert.DoesNotContain("pa:ss", File.ReadAllText(path));
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_told_and_so_are_weak_hashes()
    {
        _world.Settings.PasswordFile = _world.Write("passwd", $"alice:{Hash}\n");
        File.SetUnixFileMode(_world.Settings.PasswordFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);

        Assert.Contains(_world.Log.Lines, line => line.Contains("passwd can be read by others; chmod 600 it", StringComparison.Ordinal));
        Assert.Contains(_world.Log.Lines, line => line.Contains("1 of 1 passwords have weak hashes", StringComparison.Ordinal));
    }

    [Fact, Spec("Row-46")]
    public void With_a_file_that_cannot_be_understood_nothing_starts()
    {
        _world.Settings.PasswordFile = _world.Write("passwd", "alice\n");

        Assert.Contains("passwd:1:", Assert.Throws<AuthenticationFileException>(() => _world.Service).Message);
    }

    [Fact, Spec("Row-46")]
    public async Task A_reload_that_fails_leaves_the_users_as_they_were_and_one_that_succeeds_counts_at_once()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "old"));
        Assert.True((await _world.LogInAsync("alice", "old")).IsAccepted);

        _world.Write("passwd", "alice\n");
        Assert.Throws<AuthenticationFileException>(() => _world.Service.Reload(_world.Settings, [_world.Listener]));
        Assert.True((await _world.LogInAsync("alice", "old")).IsAccepted);
        Assert.Contains(_world.Log.Lines, line => line.Contains("stays as it was", StringComparison.Ordinal) && line.Contains("passwd:1:", StringComparison.Ordinal));

        _world.WritePasswords("passwd", ("alice", "new"));
        _world.Service.Reload(_world.Settings, [_world.Listener]);
        Assert.False((await _world.LogInAsync("alice", "old")).IsAccepted);
        Assert.True((await _world.LogInAsync("alice", "new")).IsAccepted);
    }

    public void Dispose() => _world.Dispose();
}
