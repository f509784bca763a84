using Godwit.Simulation.Disks;
using Godwit.Storage.Files;

namespace Godwit.Storage.Tests.Files;

/// <summary>What every <see cref="IStoreFs"/> does, on the real and on the simulated disk.</summary>
public sealed class StoreFsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Disks => ["real", "simulated"];

    [Theory]
    [MemberData(nameof(Disks))]
    public void A_file_gives_back_what_was_written(string disk)
    {
        var fs = Open(disk);
        using (var file = fs.Create("a", 0))
        {
            file.Write("hello"u8, 3);
            file.Flush();
        }

        fs.SyncDirectory();
        using var again = fs.Open("a");
        var buffer = new byte[10];
        buffer.AsSpan().Fill(0xFF);

        Assert.Equal(8, again.Length);
        Assert.Equal(8, again.Read(buffer, 0));
        Assert.Equal([0, 0, 0, .. "hello"u8, 0xFF, 0xFF], buffer);
        Assert.Equal(2, again.Read(buffer, 6));
        Assert.Equal(0, again.Read(buffer, 8));
        Assert.Equal(0, again.Read(buffer, 1000));
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void A_file_has_the_length_and_the_space_it_was_made_with(string disk)
    {
        var fs = Open(disk);

        using var file = fs.Create("a", 100_000);

        var buffer = new byte[100_001];
        Assert.Equal(100_000, file.Length);
        Assert.Equal(100_000, file.Read(buffer, 0));
        Assert.Equal(-1, buffer.AsSpan().IndexOfAnyExcept((byte)0));
        file.SetLength(10);
        Assert.Equal(10, file.Length);
        file.SetLength(20);
        Assert.Equal(20, file.Read(buffer, 0));
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Names_are_listed_in_order_renamed_replaced_and_deleted(string disk)
    {
        var fs = Open(disk);
        foreach (var name in (string[])["b", "a", "B"])
        {
            using var file = fs.Create(name, 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(name), 0);
        }

        Assert.Equal(["B", "a", "b"], fs.List());
        fs.Rename("b", "a");
        Assert.Equal(["B", "a"], fs.List());
        Assert.False(fs.Exists("b"));
        var buffer = new byte[1];
        using (var moved = fs.Open("a"))
        {
            Assert.Equal(1, moved.Read(buffer, 0));
        }

        Assert.Equal((byte)'b', buffer[0]);
        fs.Delete("a");
        fs.Delete("never there");
        Assert.Equal(["B"], fs.List());
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void An_open_file_can_be_renamed_and_used(string disk)
    {
        var fs = Open(disk);
        using (var file = fs.Create("a", 0))
        {
            fs.Rename("a", "b");
            file.Write("x"u8, 0);
            file.Flush();
        }

        using var again = fs.Open("b");
        Assert.Equal(1, again.Length);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void A_file_is_made_once_and_one_that_is_not_there_cannot_be_opened(string disk)
    {
        var fs = Open(disk);
        fs.Create("a", 10).Dispose();

        Assert.Throws<IOException>(() => fs.Create("a", 0));
        Assert.ThrowsAny<IOException>(() => fs.Open("b"));
        Assert.ThrowsAny<IOException>(() => fs.Rename("b", "c"));
        using var file = fs.Open("a");
        Assert.Equal(10, file.Length);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void The_free_space_is_told(string disk) => Assert.True(Open(disk).FreeBytes > 0);

    public void Dispose() => _folder.Dispose();

    private IStoreFs Open(string disk) => disk == "real" ? new DiskFs(_folder.Path) : new SimulatedDisk();
}
